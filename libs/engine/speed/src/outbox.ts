import { partitionFor } from '@tidewater/base'
import type { Row } from '@tidewater/plan'
import type { EventLog, NewRecord, TopicPartition } from '@tidewater/ports'
import { ID_HEADER, sentId } from '@tidewater/rows'
import { isUnsent, type Header } from '@tidewater/seam'
import type { SpeedStream } from './speed-source.ts'

interface Waiting {
  readonly stream: number
  readonly key: string
  readonly json: string
  readonly offset: number
}

/** What a partition's records are made into for logs of their own: gathered while they are judged, sent before their commit. */
export type Outgoing = readonly Waiting[]

/**
 * Rows of streams with a log of their own (semantics O1). They are sent before the commit that says their records are applied, in
 * the order of these, under the place of these as id: so whoever begins at a stored offset finds all earlier ones sent, may send
 * later ones again, and those are told as copies.
 */
export class Outbox {
  readonly #place: TopicPartition
  readonly #streams: readonly SpeedStream[]
  #waiting: Waiting[] = []
  /** Partitions by topic, as they were when the partition was taken. */
  readonly #partitions = new Map<string, number>()
  /** By stream: records below the header's nextOffset are sent too. */
  #again: readonly boolean[] = []
  /** How many partitions the log of the records has. */
  #origins = 0

  constructor(place: TopicPartition, streams: readonly SpeedStream[]) {
    this.#place = place
    this.#streams = streams
  }

  /** Whether anything is made of the partition's records. */
  get hasStreams(): boolean {
    return this.#streams.length > 0
  }

  resume(header: Header): void {
    this.#waiting = []
    this.#partitions.clear()
    this.#origins = header.partitions
    this.#again = this.#streams.map(({ name }) => isUnsent(header, name))
  }

  /** Answers how many streams had no key for it. */
  add(row: Row, offset: number, isNew: boolean): number {
    let keyless = 0
    for (let stream = 0; stream < this.#streams.length; stream++) {
      if (!isNew && this.#again[stream] !== true) continue
      const made = (this.#streams[stream] as SpeedStream).make(row, this.#origins)
      if (made === 'keyless') keyless += isNew ? 1 : 0
      else if (made !== 'filtered') this.#waiting.push({ stream, offset, ...made })
    }
    return keyless
  }

  take(): Outgoing {
    const taken = this.#waiting
    this.#waiting = []
    return taken
  }

  /** Appends what was taken; resolves when the log has all of it. */
  async send(outgoing: Outgoing, log: Pick<EventLog, 'bounds' | 'append'>): Promise<void> {
    for (const [index, { topic }] of this.#streams.entries()) {
      const own = outgoing.filter(({ stream }) => stream === index)
      if (own.length === 0) continue
      const partitions = this.#partitions.get(topic) ?? (await log.bounds(topic)).length
      this.#partitions.set(topic, partitions)
      await log.append(
        topic,
        own.map((waiting) => this.#recordOf(waiting, partitions)),
      )
    }
  }

  #recordOf({ key, json, offset }: Waiting, partitions: number): NewRecord {
    return {
      partition: partitionFor(key, partitions),
      key,
      value: encoder.encode(json),
      headers: { [ID_HEADER]: sentId({ side: null, partition: this.#place.partition, offset, number: 0 }) },
    }
  }
}

const encoder = new TextEncoder()
