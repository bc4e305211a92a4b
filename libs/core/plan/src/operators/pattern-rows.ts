import type { ByteReader, ByteSink } from '@tidewater/base'
import type { Value } from '@tidewater/expr'
import { appendCount, appendSigned } from './value-list.ts'
import type { ValueList } from './value-list.ts'

/** A row that is something of a pattern. */
export interface KeptRow {
  readonly offset: number
  readonly at: number
  /** A bit for each part that the row is one of. */
  readonly parts: number
  /** For each step its value, where the step counts values and the row is one of it. */
  readonly distinct: readonly (string | null)[]
  readonly values: readonly Value[]
}

/** Bytes of a key: the number of rows, then each with its distance from the one before. */
export const encodeKept = (
  rows: readonly KeptRow[],
  list: ValueList,
  texts: ValueList,
  out: ByteSink,
): void => {
  appendCount(rows.length, out)
  let before = 0
  for (const row of rows) {
    appendCount(row.offset - before, out)
    appendSigned(row.at, out)
    appendCount(row.parts, out)
    texts.write(row.distinct, out)
    list.write(row.values, out)
    before = row.offset
  }
}

export const decodeKept = (from: ByteReader, list: ValueList, texts: ValueList): KeptRow[] => {
  let offset = 0
  return Array.from({ length: from.count() }, () => {
    offset += from.count()
    const [at, parts] = [from.signed(), from.count()]
    return { offset, at, parts, distinct: texts.read(from) as KeptRow['distinct'], values: list.read(from) }
  })
}
