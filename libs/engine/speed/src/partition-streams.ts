import type { Row } from '@tidewater/plan'
import { isUnsent, type Header } from '@tidewater/seam'
import type { Outbox } from './outbox.ts'
import type { SpeedStream } from './speed-source.ts'

/** Makes a partition's rows into those of streams that have a log of their own. */
export class PartitionStreams {
  readonly #streams: readonly SpeedStream[]
  /** By stream: records below the header's nextOffset are sent too. */
  #again: readonly boolean[] = []
  /** How many partitions the log of the records has. */
  #partitions = 0

  constructor(streams: readonly SpeedStream[]) {
    this.#streams = streams
  }

  /** Whether anything is made of the partition's records. */
  get areThere(): boolean {
    return this.#streams.length > 0
  }

  resume(header: Header): void {
    this.#partitions = header.partitions
    this.#again = this.#streams.map(({ name }) => isUnsent(header, name))
  }

  /** Puts what is made of a row into the outbox; answers how many streams had no key for it. */
  make(row: Row, offset: number, isNew: boolean, outbox: Outbox): number {
    let keyless = 0
    for (let stream = 0; stream < this.#streams.length; stream++) {
      if (!isNew && this.#again[stream] !== true) continue
      const to = this.#streams[stream] as SpeedStream
      const made = to.make(row, this.#partitions)
      if (made === 'keyless') keyless += isNew ? 1 : 0
      else if (made !== 'filtered') outbox.put(to, made, offset, 0)
    }
    return keyless
  }
}
