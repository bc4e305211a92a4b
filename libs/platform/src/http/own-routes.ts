import type { IntakeOptions } from '@tidewater/engine-ingest'
import type { EventLog, HttpRoute, StateStore } from '@tidewater/ports'
import type { Metrics } from '@tidewater/runtime'

/** What a process answers of itself. */
export const healthRoute: HttpRoute = {
  ...{ method: 'GET', path: '/health' },
  handle: () => ({ status: 200, body: { status: 'ok' } }),
}

export const metricsRoute = (text: () => Promise<string>, { contentType }: Metrics): HttpRoute => ({
  ...{ method: 'GET', path: '/metrics' },
  handle: async () => ({ status: 200, headers: { 'content-type': contentType }, body: await text() }),
})

/** Ready is who reaches the state and, when there is a `topic`, the log. */
export const readyRoute = (
  { store, log }: { readonly store: StateStore; readonly log: EventLog },
  topic: string | undefined,
): HttpRoute => ({
  ...{ method: 'GET', path: '/ready' },
  handle: async () => {
    const checks = {
      redis: await isUp(store.pointer()),
      kafka: topic === undefined || (await isUp(log.bounds(topic))),
    }
    const ready = checks.redis && checks.kafka
    return { status: ready ? 200 : 503, body: { status: ready ? 'ready' : 'not ready', checks } }
  },
})

const isUp = (asked: Promise<unknown>): Promise<boolean> =>
  asked.then(
    () => true,
    () => false,
  )

/** Counts events at the door. */
export const intakeCounter = (metrics: Metrics): NonNullable<IntakeOptions['count']> => {
  const events = metrics.counter({
    name: 'intake_events_total',
    help: 'Events at the door: accepted, rejected, shed.',
    labels: ['what', 'event'],
  })
  return (what, event, number) => events({ what, event }, number)
}
