import type { CacheBudget } from './cache-budget.ts'
import type { LiveGroup } from './live-group.ts'
import type { Entry } from './entry.ts'

/** What a stored byte takes in a state, about: of a set of short texts 60 bytes for 7. */
const BYTES_PER_BYTE = 8

/** The entries of one cache that stay open, the least recently changed first, and what they weigh in the worker's budget. */
export class OpenGroups {
  readonly #budget: CacheBudget
  readonly #bytes = new Map<Entry, number>()

  constructor(budget: CacheBudget) {
    this.#budget = budget
  }

  add(entry: Entry, group: LiveGroup): void {
    entry.live = group
    this.weigh(entry)
  }

  /** It has changed. */
  use(entry: Entry): void {
    const bytes = this.#bytes.get(entry) ?? 0
    this.#bytes.delete(entry)
    this.#bytes.set(entry, bytes)
  }

  /** Its value has got another size. */
  weigh(entry: Entry): void {
    const bytes = entry.size * BYTES_PER_BYTE
    this.#hold(bytes - (this.#bytes.get(entry) ?? 0))
    this.#bytes.set(entry, bytes)
  }

  remove(entry: Entry): void {
    this.#hold(-(this.#bytes.get(entry) ?? 0))
    this.#bytes.delete(entry)
    entry.live = null
  }

  clear(): void {
    for (const entry of this.#bytes.keys()) this.remove(entry)
  }

  /** Those to be removed, one after the other. */
  *tooMany(): Generator<Entry> {
    for (const entry of this.#bytes.keys()) {
      if (!this.#budget.isTooOpen) return
      yield entry
    }
  }

  #hold(bytes: number): void {
    this.#budget.held += bytes
    this.#budget.open += bytes
  }
}
