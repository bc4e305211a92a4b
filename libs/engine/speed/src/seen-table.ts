import type { SeenChunk } from '@tidewater/ports'
import { chunksOf, forEachSeen, SeenJournal } from './seen-journal.ts'

/** As if it had never been seen: it was, and that was taken back. */
const NEVER = -1
const FREE = -1
const SMALLEST = 1024
/** Room in the lists beyond the ids, so that they seldom grow. */
const SPARE = 1.25

/**
 * The envelope ids of one partition with the append time of their last copy (semantics I1, I2): lists of ids and times, 24
 * bytes an id, and an index of open addressing into them, 4 bytes a slot, at most half of them taken. Changes since the last
 * commit are journaled, so that they can be stored, or taken back.
 */
export class SeenTable {
  #ids = new Int32Array(SMALLEST * 4)
  #last = new Float64Array(SMALLEST)
  #size = 0
  #index = new Int32Array(SMALLEST * 2).fill(FREE)
  readonly #journal = new SeenJournal()

  get size(): number {
    return this.#size
  }

  /** Memory taken, but for the journal. */
  get bytes(): number {
    return this.#ids.byteLength + this.#last.byteLength + this.#index.byteLength
  }

  /** Notes a copy at append time `at` (ms, never falling); answers when the last copy before it was appended, negative when none was. */
  touch(id: Int32Array, at: number): number {
    const place = this.#placeOf(id)
    const before = this.#last[place] as number
    this.#last[place] = at
    this.#journal.add(id, at, before)
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
      const place = this.#index[this.#slotOf(id, 0)] as number
      if (place !== FREE) this.#last[place] = journal.before(i)
    }
    journal.clear()
  }

  /** Adds what was stored. */
  load(chunk: SeenChunk): void {
    forEachSeen(chunk, (id, at) => {
      const place = this.#placeOf(id)
      this.#last[place] = Math.max(at, this.#last[place] as number)
    })
  }

  /** Forgets ids last seen before `time`, or never, when that is worth a walk through all of them. */
  forget(time: number): void {
    if (this.#size <= SMALLEST / 2) return
    let kept = 0
    for (let place = 0; place < this.#size; place++) {
      const at = this.#last[place] as number
      if (at < 0 || at < time) continue
      this.#ids.copyWithin(kept * 4, place * 4, place * 4 + 4)
      this.#last[kept++] = at
    }
    this.#size = kept
    this.#resize()
    this.#reindex()
  }

  /** Where the id is in the lists; it is appended, as never seen, when it is not there. */
  #placeOf(id: Int32Array): number {
    const found = this.#index[this.#slotOf(id, 0)] as number
    if (found !== FREE) return found
    if (this.#size === this.#last.length) this.#resize()
    const place = this.#size++
    this.#index[this.#slotOf(id, 0)] = place
    this.#ids.set(id, place * 4)
    this.#last[place] = NEVER
    return place
  }

  /** The index slot of the id that begins at ids[at], or the free one where it would be. */
  #slotOf(ids: Int32Array, at: number): number {
    const index = this.#index
    const own = this.#ids
    const mask = index.length - 1
    const first = ids[at] as number
    const second = ids[at + 1]
    const third = ids[at + 2]
    const fourth = ids[at + 3]
    let slot = first & mask
    for (let place = index[slot] as number; place !== FREE; place = index[slot] as number) {
      const i = place << 2
      if (own[i] === first && own[i + 1] === second && own[i + 2] === third && own[i + 3] === fourth)
        return slot
      slot = (slot + 1) & mask
    }
    return slot
  }

  /** Lists with room for some more than there are, and the index that they need. */
  #resize(): void {
    const size = this.#size
    const room = Math.max(SMALLEST, Math.ceil(size * SPARE))
    const [ids, last] = [this.#ids, this.#last]
    this.#ids = new Int32Array(room * 4)
    this.#ids.set(ids.subarray(0, size * 4))
    this.#last = new Float64Array(room)
    this.#last.set(last.subarray(0, size))
    if (this.#index.length < 2 * room) this.#reindex()
  }

  #reindex(): void {
    const slots = 2 ** Math.ceil(Math.log2(2 * this.#last.length))
    this.#index = new Int32Array(slots).fill(FREE)
    for (let place = 0; place < this.#size; place++) this.#index[this.#slotOf(this.#ids, place * 4)] = place
  }
}
