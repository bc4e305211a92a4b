import type { Entry } from './entry.ts'

/** The groups of one view that one step touches, each with the numbers of its rows in order. */
export class StepGroups {
  readonly entries: Entry[] = []
  #after = new Int32Array(1_024)

  /** `row` belongs to `entry` and stands behind all that were added. */
  add(entry: Entry, row: number, step: number): void {
    if (entry.touched !== step) {
      entry.touched = step
      entry.firstRow = row
      this.entries.push(entry)
    } else this.#after[entry.lastRow] = row
    entry.lastRow = row
    if (row >= this.#after.length) this.#grow(row)
    this.#after[row] = -1
  }

  /** The next row of the same group; −1: there is none. */
  after(row: number): number {
    return this.#after[row] as number
  }

  clear(): void {
    this.entries.length = 0
  }

  #grow(row: number): void {
    const grown = new Int32Array(Math.max(row + 1, this.#after.length * 2))
    grown.set(this.#after)
    this.#after = grown
  }
}
