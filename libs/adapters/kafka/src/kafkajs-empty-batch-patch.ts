import { createRequire } from 'node:module'

/**
 * kafkajs 2.2.4 steps over a fetch of which nothing is left (aborted records, control records) without a word to its handler.
 * Whoever keeps offsets of its own then takes the next fetch for a jump and goes back, for ever; and behind a transaction that
 * was aborted at the end of the log nobody hears that there is nothing to wait for. Here such a fetch is a batch without
 * records, handled like every other.
 */
interface Batch {
  readonly rawMessages: readonly unknown[]
  isEmpty(): boolean
  isEmptyDueToFiltering(): boolean
}

const load = createRequire(import.meta.url)

/** Applied once per process, before the first fetch. */
export const handEmptyBatches = (): void => {
  const { prototype } = load('kafkajs/src/consumer/batch') as { prototype: Batch }
  prototype.isEmptyDueToFiltering = () => false
  prototype.isEmpty = function (this: Batch): boolean {
    return this.rawMessages.length === 0
  }
}
