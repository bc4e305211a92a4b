import { mix } from './random.ts'
import { arrayOf, type LearnerState } from './state.ts'

/** Kept at most so full, in parts of the whole. */
const FULL = 0.7

/**
 * Rows by code, in one array of a state: [rows used], then slots of [code, row + 1], 0 when free; open addressing. A code keeps
 * its row for ever.
 */
export const emptyCodes = (): Float64Array => new Float64Array(1 + 2 * 64)

/** The row of a code, −1 when it has none. */
export const rowOf = (table: Float64Array, code: number): number =>
  (table[slotOf(table, code) + 1] as number) - 1

/** The row of a code; a code that has none gets the next one. */
export const takeRow = (state: LearnerState, at: number, code: number): number => {
  const table = arrayOf(state, at)
  const slot = slotOf(table, code)
  if (table[slot + 1] !== 0) return (table[slot + 1] as number) - 1
  const row = table[0] as number
  table[0] = row + 1
  table[slot] = code
  table[slot + 1] = row + 1
  if (row + 1 > (FULL * (table.length - 1)) / 2) state[at] = doubled(table)
  return row
}

const slotOf = (table: Float64Array, code: number): number => {
  const slots = (table.length - 1) / 2
  let n = mix(code, code / 4_294_967_296) & (slots - 1)
  while (table[2 + 2 * n] !== 0 && table[1 + 2 * n] !== code) n = (n + 1) & (slots - 1)
  return 1 + 2 * n
}

const doubled = (table: Float64Array): Float64Array => {
  const longer = new Float64Array(1 + 2 * (table.length - 1))
  longer[0] = table[0] as number
  for (let at = 1; at < table.length; at += 2) {
    if (table[at + 1] === 0) continue
    const slot = slotOf(longer, table[at] as number)
    longer[slot] = table[at] as number
    longer[slot + 1] = table[at + 1] as number
  }
  return longer
}
