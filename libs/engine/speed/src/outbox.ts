import { partitionFor } from '@tidewater/base'
import type { SentRow } from '@tidewater/plan'
import type { EventLog, NewRecord, TopicPartition } from '@tidewater/ports'
import { ID_HEADER, sentId } from '@tidewater/rows'
import type { SentTo } from './speed-source.ts'

interface Waiting {
  readonly to: SentTo
  readonly row: SentRow
  readonly offset: number
  readonly number: number
}

/** What a partition's records are made into for logs of their own: gathered while they are judged, sent before their commit. */
export type Outgoing = readonly Waiting[]

/**
 * Rows for logs of their own (semantics O1). They are sent before the commit that says their records are applied, in the order of
 * these, under the place of these as id: so whoever begins at a stored offset finds all earlier ones sent, may send later ones
 * again, and those are told as copies.
 */
export class Outbox {
  readonly #place: TopicPartition
  #waiting: Waiting[] = []
  /** Partitions by topic, as they were when the partition was taken. */
  readonly #partitions = new Map<string, number>()

  constructor(place: TopicPartition) {
    this.#place = place
  }

  /** Rows that wait to be sent. */
  get size(): number {
    return this.#waiting.length
  }

  /** A row made of the record at `offset`; its number is among those made of it for one log. */
  put(to: SentTo, row: SentRow, offset: number, number: number): void {
    this.#waiting.push({ to, row, offset, number })
  }

  take(): Outgoing {
    const taken = this.#waiting
    this.#waiting = []
    return taken
  }

  clear(): void {
    this.#waiting = []
    this.#partitions.clear()
  }

  /** Appends what was taken; resolves when the log has all of it. */
  async send(outgoing: Outgoing, log: Pick<EventLog, 'bounds' | 'append'>): Promise<void> {
    for (const [topic, waiting] of Map.groupBy(outgoing, ({ to }) => to.topic)) {
      const partitions = this.#partitions.get(topic) ?? (await log.bounds(topic)).length
      this.#partitions.set(topic, partitions)
      await log.append(
        topic,
        waiting.map((one) => this.#recordOf(one, partitions)),
      )
    }
  }

  #recordOf({ to: { side }, row: { key, json }, offset, number }: Waiting, partitions: number): NewRecord {
    return {
      partition: partitionFor(key, partitions),
      key,
      value: Buffer.from(json),
      headers: { [ID_HEADER]: sentId({ side, partition: this.#place.partition, offset, number }) },
    }
  }
}
