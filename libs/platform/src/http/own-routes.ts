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

/** Questions need the state store alone: they go on while the log is away. */
export const readyRoute = (store: Pick<StateStore, 'pointer'>): HttpRoute =>
  readiness('/ready', async () => ({ redis: await isUp(store.pointer()) }))

/** Events need the log alone. */
export const readyToTakeRoute = (log: Pick<EventLog, 'bounds'>, topic: string | undefined): HttpRoute =>
  readiness('/ready/events', async () => ({
    kafka: topic === undefined || (await isUp(log.bounds(topic))),
  }))

const readiness = (path: string, check: () => Promise<Readonly<Record<string, boolean>>>): HttpRoute => ({
  ...{ method: 'GET', path },
  handle: async () => {
    const checks = await check()
    const ready = Object.values(checks).every((isThere) => isThere)
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
