import type { PatternPart } from 'tidewater'
import type { Ending } from './deadlines.ts'
import type { KeptRow } from './pattern-rows.ts'

/** The rows of one step. */
export interface StepRows {
  first: KeptRow
  last: KeptRow
  count: number
}

/** A sequence that began with a row of the first step. */
export class Run implements Ending {
  readonly start: KeptRow
  readonly deadline: number
  readonly offset: number
  isOpen = true
  /** By step, so far. */
  readonly steps: StepRows[] = []
  readonly #parts: readonly PatternPart[]
  /** The part it waits for; behind the last one when the match is complete. */
  #waitsFor = 0
  readonly #seen = new Set<string>()

  constructor(parts: readonly PatternPart[], start: KeptRow, withinMs: number) {
    this.#parts = parts
    this.start = start
    this.offset = start.offset
    this.deadline = start.at + withinMs
    this.take(start)
  }

  /** Goes on with a row of the same key, behind the earlier ones. One of another time than the match's is passed over. */
  take(row: KeptRow): void {
    if (row.at < this.start.at || row.at > this.deadline) return
    let part = this.#parts[this.#waitsFor]
    if (part?.kind === 'none') {
      if (this.#isOf(row, this.#waitsFor)) this.isOpen = false
      const next = this.#parts[this.#waitsFor + 1]
      if (!this.isOpen || next === undefined || !this.#isOf(row, this.#waitsFor + 1)) return
      this.#waitsFor++
      part = next
    }
    if (part?.kind === 'step' && this.#isOf(row, this.#waitsFor)) this.#count(part, row)
  }

  #isOf(row: KeptRow, part: number): boolean {
    return ((row.parts >> part) & 1) === 1
  }

  #count({ times, distinct }: Extract<PatternPart, { kind: 'step' }>, row: KeptRow): void {
    const number = this.#parts.slice(0, this.#waitsFor).filter(({ kind }) => kind === 'step').length
    const rows = this.steps[number] ?? { first: row, last: row, count: 0 }
    this.steps[number] = rows
    rows.last = row
    rows.count++
    if (distinct !== null) this.#seen.add(row.distinct[number] ?? '')
    if ((distinct === null ? rows.count : this.#seen.size) < times) return
    this.#seen.clear()
    this.#waitsFor++
  }

  get isComplete(): boolean {
    return this.#waitsFor === this.#parts.length
  }

  /** All its steps are there, and it lasts as long as nothing comes that must not. */
  get isUnlessMore(): boolean {
    return this.#waitsFor === this.#parts.length - 1 && this.#parts[this.#waitsFor]?.kind === 'none'
  }
}
