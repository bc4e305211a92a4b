import type { ByteReader, ByteSink } from '@tidewater/base'
import type { Value } from '@tidewater/expr'
import type { Ending } from './deadlines.ts'
import { appendCount, appendSigned } from './value-list.ts'
import type { ValueList } from './value-list.ts'

/** A row of one side that may yet meet another. */
export interface HeldRow extends Ending {
  readonly key: string
  readonly at: number
  readonly values: readonly Value[]
  /** It has met one. */
  isMatched: boolean
  isOpen: boolean
}

/** The rows of one key that may yet meet others, each side in the order of the log. */
export class HeldKey {
  readonly left: HeldRow[] = []
  readonly right: HeldRow[] = []

  get isEmpty(): boolean {
    return this.left.length === 0 && this.right.length === 0
  }
}

/** Takes a row out of its side. */
export const letGo = (rows: HeldRow[], row: HeldRow): void => {
  row.isOpen = false
  rows.splice(rows.indexOf(row), 1)
}

/** Bytes of a key: of each side the number of rows, then each with its time, its distance from the one before, and its values. */
export const encodeHeld = (rows: readonly HeldRow[], values: ValueList, out: ByteSink): void => {
  appendCount(rows.length, out)
  let before = 0
  for (const row of rows) {
    appendCount((row.offset - before) * 2 + (row.isMatched ? 1 : 0), out)
    appendSigned(row.at, out)
    values.write(row.values, out)
    before = row.offset
  }
}

export const decodeHeld = (
  from: ByteReader,
  values: ValueList,
  key: string,
  reachMs: number,
): readonly HeldRow[] => {
  const rows: HeldRow[] = []
  let before = 0
  for (let left = from.count(); left > 0; left--) {
    const head = from.count()
    const offset = before + Math.floor(head / 2)
    const at = from.signed()
    const row = { key, offset, at, deadline: at + reachMs, isMatched: head % 2 === 1, isOpen: true }
    rows.push({ ...row, values: values.read(from) })
    before = offset
  }
  return rows
}
