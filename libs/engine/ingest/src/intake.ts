import { PlatformError, didYouMean } from '@tidewater/base'
import type { Clock, EventLog, NewRecord } from '@tidewater/ports'
import { type EventDefinition, deadTopicOf, topicOf } from 'tidewater'
import { type Verdict, compileAcceptance } from './accept-events.ts'
import type { Reason } from './rejection.ts'

export interface Receipt {
  /** Place of the record among those sent. */
  readonly index: number
  readonly id: string
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

export interface IntakeAnswer {
  readonly accepted: number
  readonly rejected: readonly { readonly index: number; readonly reasons: readonly Reason[] }[]
  /** Accepted records that came without an id; sent again they would count again. */
  readonly withoutId: number
  readonly receipts: readonly Receipt[]
}

/** A line of a file that never became a record. */
export interface DeadLine {
  readonly reason: string
  readonly file: string
  readonly line: number
  readonly text: string
}

export interface IntakeOptions {
  readonly log: EventLog
  readonly events: ReadonlyMap<string, EventDefinition>
  readonly clock: Clock
  readonly newId: () => string
  /** Most bytes waiting for Kafka's confirmation; beyond it requests are turned away. */
  readonly maxInFlightBytes: number
  readonly count?: (what: 'accepted' | 'rejected' | 'shed', event: string, count: number) => void
}

/** The door: judges events and appends the good ones with acks = all. */
export interface Intake {
  /**
   * Appends the values that are valid; answers when Kafka has them. Rejects with PlatformError BAD_INPUT (unknown
   * event), LIMIT (too much in flight) or UNAVAILABLE (Kafka did not confirm; sent again with the same ids nothing doubles).
   */
  accept(event: string, values: readonly Uint8Array[]): Promise<IntakeAnswer>
  /** Puts lines that could not be read into the event's dead-letter topic. */
  appendDead(event: string, lines: readonly DeadLine[]): Promise<number>
  readonly events: ReadonlyMap<string, EventDefinition>
}

export const createIntake = (options: IntakeOptions): Intake => {
  const opened = new Map<string, Promise<OpenEvent>>()
  let inFlight = 0

  const openEventOf = (name: string): Promise<OpenEvent> => {
    const event = options.events.get(name)
    if (event === undefined) return Promise.reject(unknownEvent(name, options.events))
    if (event.madeBy !== null) return Promise.reject(madeHere(name, event.madeBy.from))
    const open = opened.get(name) ?? openEvent(event, options.log)
    opened.set(name, open)
    // Kafka was away: the next request tries again.
    open.catch(() => opened.delete(name))
    return open
  }
  const append = async (
    topic: string,
    event: string,
    records: readonly NewRecord[],
  ): Promise<readonly number[]> => {
    const bytes = records.reduce((sum, { value }) => sum + value.length, 0)
    if (inFlight > 0 && inFlight + bytes > options.maxInFlightBytes) {
      options.count?.('shed', event, records.length)
      throw tooMuch(inFlight)
    }
    inFlight += bytes
    try {
      return await options.log.append(topic, records)
    } finally {
      inFlight -= bytes
    }
  }
  return {
    events: options.events,
    accept: async (name, values) => {
      const { judge, partitions, topic } = await openEventOf(name)
      const verdict = judge(values, { partitions, now: options.clock.now(), newId: options.newId })
      const offsets = await append(topic, name, verdict.records)
      options.count?.('accepted', name, verdict.records.length)
      options.count?.('rejected', name, verdict.rejected.length)
      return answerOf(topic, verdict, offsets)
    },
    appendDead: async (name, lines) => {
      await openEventOf(name)
      await append(deadTopicOf(name), name, lines.map(deadRecord))
      return lines.length
    },
  }
}

interface OpenEvent {
  readonly topic: string
  readonly partitions: number
  readonly judge: ReturnType<typeof compileAcceptance>
}

const openEvent = async (event: EventDefinition, log: EventLog): Promise<OpenEvent> => {
  const topic = topicOf(event.name)
  const bounds = await log.bounds(topic)
  return { topic, partitions: bounds.length, judge: compileAcceptance(event) }
}

const answerOf = (topic: string, verdict: Verdict, offsets: readonly number[]): IntakeAnswer => ({
  accepted: verdict.records.length,
  rejected: verdict.rejected,
  withoutId: verdict.withoutId,
  receipts: verdict.records.map(({ partition }, i) => ({
    index: verdict.indexes[i] ?? i,
    id: verdict.ids[i] ?? '',
    topic,
    partition,
    offset: offsets[i] ?? -1,
  })),
})

const deadRecord = ({ reason, file, line, text }: DeadLine): NewRecord => ({
  partition: 0,
  key: null,
  value: new TextEncoder().encode(text),
  headers: { id: `${file}:${line}`, reason, file, line: String(line) },
})

const unknownEvent = (name: string, events: ReadonlyMap<string, EventDefinition>): PlatformError =>
  new PlatformError(
    'BAD_INPUT',
    `There is no event '${name}'${didYouMean(name, events.keys())}`,
    `events: ${[...events.keys()].join(', ')}`,
    'event',
  )

const madeHere = (name: string, from: string): PlatformError =>
  new PlatformError(
    'BAD_INPUT',
    `${name} is made of ${from} here, so nobody sends it`,
    `send ${from}`,
    'event',
  )

const tooMuch = (bytes: number): PlatformError =>
  new PlatformError('LIMIT', `${bytes} bytes are waiting for Kafka already`, 'send again in a second')
