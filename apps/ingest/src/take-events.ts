import { randomUUID } from 'node:crypto'
import { createIntake, intakeRoutes } from '@tidewater/engine-ingest'
import type { EventLog, HttpRoute } from '@tidewater/ports'
import { createMetrics, systemClock } from '@tidewater/runtime'
import type { Catalog } from 'tidewater'

/** Bytes that may wait for Kafka at a time. */
const IN_FLIGHT_BYTES = 64 << 20

/** What an intake of its own answers: events, its health and its metrics. */
export const takeEvents = (log: EventLog, catalog: Catalog): readonly HttpRoute[] => {
  const metrics = createMetrics()
  const events = metrics.counter({
    name: 'intake_events_total',
    help: 'Events at the door: accepted, rejected, shed.',
    labels: ['what', 'event'],
  })
  const intake = createIntake({
    log,
    events: catalog.events,
    clock: systemClock,
    newId: randomUUID,
    maxInFlightBytes: IN_FLIGHT_BYTES,
    count: (what, event, n) => events({ what, event }, n),
  })
  const headers = { 'content-type': metrics.contentType }
  return [
    ...intakeRoutes(intake),
    { method: 'GET', path: '/health', handle: () => ({ status: 200, body: { status: 'ok' } }) },
    {
      method: 'GET',
      path: '/metrics',
      handle: async () => ({ status: 200, headers, body: await metrics.text() }),
    },
  ]
}
