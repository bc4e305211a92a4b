import {
  MAX_EXACT_BYTES,
  addExact,
  compareText,
  normalizeExact,
  putCount,
  putExact,
  putText,
} from '@tidewater/base'
import type { ByteReader, Exact } from '@tidewater/base'
import type { Entry, JsBody, Type, Value } from '@tidewater/expr'
import type { CellBytes } from './aggregate.ts'
import type { Column } from './column.ts'

/** An integer for each text; null: none at all. Equal ones need not have their keys in one order. */
export type Totals = Map<string, Exact> | null

/** A column of totals: its items are texts such as '-17 shoes' (see `ItemWords`). */
export const totalsColumn = (name: string): Column => ({ name, type: { kind: 'text' }, list: true })

/** Totals that are sums of anything a row may have. */
export const WIDEST: Type = { kind: 'int', digits: 38 }

/** The given totals are changed. */
export const addTotal = (totals: Totals, key: string, amount: Exact): Map<string, Exact> => {
  const kept = totals ?? new Map<string, Exact>()
  const before = kept.get(key)
  return kept.set(key, before === undefined ? amount : addExact(before, amount))
}

/** `into` is changed, `from` is not. */
export const mergeTotals = (into: Totals, from: Totals): Totals => {
  let merged = into
  if (from !== null) for (const [key, amount] of from) merged = addTotal(merged, key, amount)
  return merged
}

export const itemsOf = (totals: Totals): readonly Value[] =>
  [...(totals ?? [])].map(([key, amount]) => `${amount} ${key}`)

export const totalsOf = (items: readonly string[] | null): Totals => {
  let totals: Totals = null
  for (const item of items ?? []) {
    const end = item.indexOf(' ')
    totals = addTotal(totals, item.slice(end + 1), normalizeExact(BigInt(item.slice(0, end))))
  }
  return totals
}

/** The `n` greatest, ties by the bytes of their keys. */
export const greatestOf = (totals: Totals, n: number): readonly Entry[] =>
  [...(totals ?? [])].sort(([a, x], [b, y]) => (x > y ? -1 : x < y ? 1 : compareText(a, b))).slice(0, n)

/** The byte form: how many, then each key with its total. */
export const putTotals = (bytes: Uint8Array, from: number, totals: Totals): number => {
  let at = putCount(bytes, from, totals?.size ?? 0)
  for (const [key, amount] of totals ?? []) at = putExact(bytes, putText(bytes, at, key), amount)
  return at
}

export const readTotals = (reader: ByteReader): Totals => {
  let totals: Totals = null
  for (let left = reader.count(); left > 0; left--) totals = addTotal(totals, reader.text(), reader.exact())
  return totals
}

/** The most bytes they take. */
export const boundOfTotals = (totals: Totals): number => {
  let bound = 9
  for (const key of totals?.keys() ?? []) bound += 3 * key.length + 6 + MAX_EXACT_BYTES
  return bound
}

/** Totals and nothing else, one in each slot. */
export const bytesOfTotals = (body: JsBody, slots: number): CellBytes => ({
  write: (sources) =>
    sources.map((totals) => `at = ${body.constant(putTotals)}(bytes, at, ${totals});`).join(' '),
  reads: Array.from({ length: slots }, () => `${body.constant(readTotals)}(r)`),
  sized: 0,
  bound: (sources) => sources.map((totals) => `${body.constant(boundOfTotals)}(${totals})`).join(' + '),
})
