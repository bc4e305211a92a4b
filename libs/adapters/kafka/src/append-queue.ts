import type { NewRecord } from '@tidewater/ports'

/** Records that travel together, at most this many bytes per partition: the broker's default limit is 1 MiB a batch. */
const MAX_PARTITION_BYTES = 700_000
const MAX_SEND_BYTES = 8_000_000
/** kafkajs frames a record with at most this many bytes besides key, value and headers. */
const FRAME_BYTES = 64

export interface Append {
  readonly records: readonly NewRecord[]
  readonly resolve: (offsets: readonly number[]) => void
  readonly reject: (reason: unknown) => void
}

export const sizeOf = (record: NewRecord): number => {
  let bytes = FRAME_BYTES + record.value.length + (record.key === null ? 0 : record.key.length * 3)
  for (const name in record.headers) bytes += name.length + (record.headers[name]?.length ?? 0) * 3
  return bytes
}

/** One piece of an append small enough to travel: records [from, to) of it. */
export interface Piece {
  readonly append: Append
  readonly from: number
  readonly to: number
}

/** The longest head of the queue that may travel in one request, `most` bytes a partition; what did not fit stays. `queue` is changed. */
export const takePieces = (queue: Piece[], most = MAX_PARTITION_BYTES): readonly Piece[] => {
  const taken: Piece[] = []
  const perPartition = new Map<number, number>()
  let total = 0
  for (let piece = queue.shift(); piece !== undefined; piece = queue.shift()) {
    const { append, from, to } = piece
    let at = from
    for (; at < to; at++) {
      const record = append.records[at]
      if (record === undefined) break
      const size = sizeOf(record)
      const sum = (perPartition.get(record.partition) ?? 0) + size
      const first = !perPartition.has(record.partition)
      if ((sum > most && !first) || (total + size > MAX_SEND_BYTES && total > 0)) break
      perPartition.set(record.partition, sum)
      total += size
    }
    if (at > from) taken.push({ append, from, to: at })
    if (at < to) {
      queue.unshift({ append, from: at, to })
      return taken
    }
  }
  return taken
}

/** The bytes of a batch: some topics are found to take less than the broker's default. */
export const batchLimits = () => {
  const most = new Map<string, number>()
  const of = (topic: string): number => most.get(topic) ?? MAX_PARTITION_BYTES
  return {
    of,
    /** False when these records cannot be sent in smaller batches. */
    halve: (topic: string, pieces: readonly Piece[]): boolean => {
      const smaller = Math.floor(of(topic) / 2)
      if (smaller < 1 || countOf(pieces) === 1) return false
      most.set(topic, smaller)
      return true
    },
  }
}

const countOf = (pieces: readonly Piece[]): number => pieces.reduce((sum, { from, to }) => sum + to - from, 0)
