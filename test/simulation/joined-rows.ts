import type { Met } from './join-oracle.ts'
import type { Measured, Rows } from './oracle.ts'

/** A row as it is sent: the fields that say everything about it. */
export type Row = Readonly<Record<string, string | number | boolean | null>>

/** What a join makes of two rows, or of one. */
export const madeRow = (name: string, { left, right }: Met): Row => {
  const [key] = JSON.parse(left.key) as [string]
  return name === 'Pair'
    ? { shop: key, at: left.at, cash: left.units, card: right?.units ?? null }
    : { kind: key, at: left.at, units: left.units, isFound: right !== null }
}

export const isSame = (one: Row, other: Row): boolean =>
  Object.keys(one).length === Object.keys(other).length &&
  Object.entries(one).every(([name, value]) => other[name] === value)

/** What a view over such rows must answer. */
export const measured = (view: string, rows: readonly Row[]): Rows => {
  const keyed = Map.groupBy(rows, (row) => JSON.stringify([null, row['shop'] ?? row['kind'] ?? null]))
  const of = (own: readonly Row[], name: string): number =>
    own.reduce((sum, row) => sum + (row[name] as number), 0)
  const measures = (own: readonly Row[]): Measured => {
    if (view === 'Pairs') return { rows: own.length, units: of(own, 'cash') + 1_000 * of(own, 'card') }
    if (view === 'GiftPairs') return { rows: own.length, units: of(own, 'one') + 1_000 * of(own, 'other') }
    const found = own.filter((row) => row['isFound'] === true).length
    return { rows: own.length, found, units: of(own, 'units') }
  }
  return new Map([...keyed].map(([key, own]) => [key, measures(own)]))
}
