import { createIntake, type Intake, type IntakeOptions } from '@tidewater/engine-ingest'
import { createServing } from '@tidewater/engine-serving'
import type { Serving, ServingAdapters, TrackResult } from '@tidewater/engine-serving'
import { announceWorker, warnOfRegistry, type Nonce, type Timers } from '@tidewater/ports'
import { judgesOf } from './judge-of.ts'
import { warnTo, type PartSettings } from './part-settings.ts'
import { settleHeaders } from './settle-headers.ts'
import type { HeadersPorts } from './settle-headers.ts'

export interface ServingPartPorts
  extends Pick<HeadersPorts, 'ensureTopics'>, Omit<ServingAdapters, 'track' | 'judgeOf'> {
  readonly nonce: Nonce
  readonly timers: Timers
}

export interface ServingPartSettings extends PartSettings {
  /** Told of every event at the door: accepted, rejected, shed. */
  readonly count?: IntakeOptions['count']
}

/** Takes events and answers questions, by calls; `serve` puts both behind HTTP. */
export interface ServingPart {
  readonly intake: Intake
  readonly serving: Serving
  stop(): Promise<void>
}

export const runServingPart = async (
  ports: ServingPartPorts,
  settings: ServingPartSettings,
): Promise<ServingPart> => {
  const intake = openIntake(ports, settings)
  const serving = await createServing(
    { ...ports, judgeOf: judgesOf(settings.catalog), track: trackBy(intake) },
    settings.catalog,
  )
  const leaveHeaders = await settleHeaders(ports, settings)
  const { name, pid, log } = settings
  const itself = () => ({ partitions: [], counters: {} })
  const announced = announceWorker(ports, { name, role: 'serving', pid }, itself, warnOfRegistry(warnTo(log)))
  return {
    intake,
    serving,
    stop: async () => {
      leaveHeaders()
      await announced.leave()
      await serving.close()
    },
  }
}

/** Bytes that may wait for Kafka at a time. */
const IN_FLIGHT_BYTES = 64 << 20

/** The door of every event of the catalog. */
export const openIntake = (
  { log, clock, nonce }: Pick<ServingPartPorts, 'log' | 'clock' | 'nonce'>,
  { catalog, count }: Pick<ServingPartSettings, 'catalog' | 'count'>,
): Intake =>
  createIntake({
    ...{ log, clock, newId: nonce, events: catalog.events, maxInFlightBytes: IN_FLIGHT_BYTES },
    ...(count === undefined ? {} : { count }),
  })

const encoder = new TextEncoder()

const trackBy =
  (intake: Intake) =>
  async (event: string, rows: readonly unknown[]): Promise<TrackResult> => {
    const { accepted, rejected } = await intake.accept(
      event,
      rows.map((row) => encoder.encode(JSON.stringify(row))),
    )
    return { accepted, rejected }
  }
