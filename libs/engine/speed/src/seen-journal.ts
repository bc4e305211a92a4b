import { floorTo } from '@tidewater/base'
import type { SeenChunk } from '@tidewater/ports'

/** A stored note: 16 bytes of id, then the ms of its append time within the hour; little-endian. */
export const CHUNK_ENTRY_BYTES = 20
export const HOUR_MS = 3_600_000

/** Notes not yet stored, oldest first: id, append time, and what stood there before. */
export class SeenJournal {
  #ids = new Int32Array(4 * 1024)
  #at = new Float64Array(1024)
  #before = new Float64Array(1024)
  #length = 0

  get length(): number {
    return this.#length
  }

  add(id: Int32Array, at: number, before: number): void {
    if (this.#length === this.#at.length) this.#grow()
    const i = this.#length++
    const to = i << 2
    this.#ids[to] = id[0] as number
    this.#ids[to + 1] = id[1] as number
    this.#ids[to + 2] = id[2] as number
    this.#ids[to + 3] = id[3] as number
    this.#at[i] = at
    this.#before[i] = before
  }

  id(index: number, out: Int32Array): void {
    for (let k = 0; k < 4; k++) out[k] = this.#ids[index * 4 + k] as number
  }

  at(index: number): number {
    return this.#at[index] as number
  }

  before(index: number): number {
    return this.#before[index] as number
  }

  dropFirst(count: number): void {
    this.#ids.copyWithin(0, count * 4, this.#length * 4)
    this.#at.copyWithin(0, count, this.#length)
    this.#before.copyWithin(0, count, this.#length)
    this.#length -= count
  }

  clear(): void {
    this.#length = 0
  }

  #grow(): void {
    const size = this.#at.length * 2
    const grown = [new Int32Array(size * 4), new Float64Array(size), new Float64Array(size)] as const
    grown[0].set(this.#ids)
    grown[1].set(this.#at)
    grown[2].set(this.#before)
    ;[this.#ids, this.#at, this.#before] = grown
  }
}

/** One chunk per hour of append time. */
export const chunksOf = (journal: SeenJournal): readonly SeenChunk[] => {
  const chunks: SeenChunk[] = []
  const id = new Int32Array(4)
  for (let from = 0; from < journal.length;) {
    const bucket = floorTo(journal.at(from), HOUR_MS)
    let to = from
    while (to < journal.length && journal.at(to) < bucket + HOUR_MS) to++
    const bytes = new Uint8Array((to - from) * CHUNK_ENTRY_BYTES)
    const view = new DataView(bytes.buffer)
    for (let i = from; i < to; i++) {
      journal.id(i, id)
      const start = (i - from) * CHUNK_ENTRY_BYTES
      for (let k = 0; k < 4; k++) view.setInt32(start + k * 4, id[k] as number, true)
      view.setUint32(start + 16, journal.at(i) - bucket, true)
    }
    chunks.push({ bucket, bytes })
    from = to
  }
  return chunks
}

/** Every note of a chunk; the id array is reused. */
export const forEachSeen = (
  { bucket, bytes }: SeenChunk,
  visit: (id: Int32Array, at: number) => void,
): void => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const id = new Int32Array(4)
  for (let start = 0; start + CHUNK_ENTRY_BYTES <= bytes.length; start += CHUNK_ENTRY_BYTES) {
    for (let k = 0; k < 4; k++) id[k] = view.getInt32(start + k * 4, true)
    visit(id, bucket + view.getUint32(start + 16, true))
  }
}
