import type { SeenChunk } from '@tidewater/ports'
import { chunksOf, forEachSeen, SeenJournal } from './seen-journal.ts'

const FREE = -1
/** The slot keeps its id so that probing goes on behind it, but the id counts as never seen. */
const GONE = -2
const SMALLEST = 1024

/**
 * The envelope ids of one partition with the append time of their last copy (semantics I1, I2): open addressing over typed
 * arrays, 24 bytes a slot. Changes since the last commit are journaled, so that they can be stored, or taken back.
 */
export class SeenTable {
  #ids = new Int32Array(SMALLEST * 4)
  #last = new Float64Array(SMALLEST).fill(FREE)
  #mask = SMALLEST - 1
  #used = 0
  readonly #journal = new SeenJournal()

  get size(): number {
    return this.#used
  }

  /** Notes a copy at append time `at` (ms, never falling); answers when the last copy before it was appended, negative when none was. */
  touch(id: Int32Array, at: number): number {
    const slot = this.#slotOf(id[0] as number, id[1] as number, id[2] as number, id[3] as number)
    const before = this.#last[slot] as number
    this.#put(slot, id, at)
    this.#journal.add(id, at, before === FREE ? GONE : before)
    return before
  }

  /** Ids noted since the last `committed` or `undo`, by hour. */
  pending(): readonly SeenChunk[] {
    return chunksOf(this.#journal)
  }

  /** How many of the pending ones a chunk list taken now will hold; give it to `committed`. */
  get pendingCount(): number {
    return this.#journal.length
  }

  /** The first `count` pending notes are stored. */
  committed(count: number): void {
    this.#journal.dropFirst(count)
  }

  /** Takes back every note that is not stored. */
  undo(): void {
    const journal = this.#journal
    const id = new Int32Array(4)
    for (let i = journal.length - 1; i >= 0; i--) {
      journal.id(i, id)
      const slot = this.#slotOf(id[0] as number, id[1] as number, id[2] as number, id[3] as number)
      if (this.#last[slot] !== FREE) this.#last[slot] = journal.before(i)
    }
    journal.clear()
  }

  /** Adds what was stored. */
  load(chunk: SeenChunk): void {
    forEachSeen(chunk, (id, at) => {
      const slot = this.#slotOf(id[0] as number, id[1] as number, id[2] as number, id[3] as number)
      this.#put(slot, id, Math.max(at, this.#last[slot] as number))
    })
  }

  /** Forgets ids last seen before `time`, when that is worth a walk through all of them. */
  forget(time: number): void {
    if (this.#used > SMALLEST / 2) this.#rebuild(time)
  }

  #put(slot: number, id: Int32Array, at: number): void {
    if (this.#last[slot] === FREE) {
      this.#ids.set(id, slot * 4)
      this.#last[slot] = at
      if (++this.#used * 2 > this.#mask) this.#rebuild(-Infinity)
    } else this.#last[slot] = at
  }

  #slotOf(first: number, second: number, third: number, fourth: number): number {
    const ids = this.#ids
    const last = this.#last
    const mask = this.#mask
    let slot = first & mask
    while (last[slot] !== FREE) {
      const i = slot << 2
      const same = ids[i] === first && ids[i + 1] === second && ids[i + 2] === third && ids[i + 3] === fourth
      if (same) return slot
      slot = (slot + 1) & mask
    }
    return slot
  }

  #rebuild(since: number): void {
    const [ids, last] = [this.#ids, this.#last]
    let kept = 0
    for (let i = 0; i < last.length; i++) if ((last[i] as number) >= 0 && (last[i] as number) >= since) kept++
    let size = SMALLEST
    while (size < kept * 3) size *= 2
    this.#ids = new Int32Array(size * 4)
    this.#last = new Float64Array(size).fill(FREE)
    this.#mask = size - 1
    this.#used = kept
    for (let i = 0; i < last.length; i++) {
      const at = last[i] as number
      if (at < 0 || at < since) continue
      const from = i * 4
      const slot = this.#slotOf(
        ids[from] as number,
        ids[from + 1] as number,
        ids[from + 2] as number,
        ids[from + 3] as number,
      )
      this.#ids.set(ids.subarray(from, from + 4), slot * 4)
      this.#last[slot] = at
    }
  }
}
