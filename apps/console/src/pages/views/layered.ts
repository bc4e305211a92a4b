import { keysOf, type DefinedColumn, type Definition } from '../../data/definitions.ts'
import type { Cell, Row } from '../../data/graphql.ts'
import type { Series } from '../../parts/chart-data.ts'

/** One group of a view in each layer. */
export interface LayeredRow {
  readonly id: string
  readonly start: string | null
  readonly keys: readonly string[]
  readonly batch: Cell | undefined
  readonly speed: Cell | undefined
  readonly merged: Cell | undefined
  /** Whether the parts add up to the whole, digit for digit; null: this measure is not a sum. */
  readonly addsUp: boolean | null
}

type Layered<T> = Readonly<Record<'merged' | 'batch' | 'speed', T>>

/** The rows of the merged answer, each beside its parts. */
export const layeredRows = (
  definition: Definition,
  measure: DefinedColumn,
  { merged, batch, speed }: Layered<readonly Row[]>,
): readonly LayeredRow[] => {
  const keys = keysOf(definition).map(({ name }) => name)
  const idOf = (row: Row): string =>
    JSON.stringify([row['start'] ?? null, ...keys.map((key) => row[key] ?? null)])
  const [inBatch, inSpeed] = [batch, speed].map(
    (rows) => new Map(rows.map((row) => [idOf(row), row[measure.name]])),
  )
  return merged.map((row) => {
    const id = idOf(row)
    const values = { batch: inBatch?.get(id), speed: inSpeed?.get(id), merged: row[measure.name] }
    return {
      id,
      start: typeof row['start'] === 'string' ? row['start'] : null,
      keys: keys.flatMap((key) => (row[key] === null || row[key] === undefined ? [] : [String(row[key])])),
      ...values,
      addsUp: isSum(measure) ? addsUp(values) : null,
    }
  })
}

/** A count or a sum and nothing more, without a window of its own: its parts can be added by hand. */
export const isSum = ({ definition, type }: Pick<DefinedColumn, 'definition' | 'type'>): boolean =>
  type !== 'number' && /^(?:count|sum)\(/.test(definition) && firstCall(definition) === definition

/** A text up to the end of the first call in it; what stands in quotes has no brackets. */
const firstCall = (definition: string): string => {
  const bare = definition.replace(/'[^']*'/g, (text) => "'".repeat(text.length))
  let open = 0
  for (const [at, letter] of [...bare].entries()) {
    if (letter === '(') open++
    if (letter === ')' && --open === 0) return definition.slice(0, at + 1)
  }
  return definition
}

const addsUp = ({ batch, speed, merged }: Layered<Cell | undefined>): boolean => {
  const [one, other, whole] = [batch, speed, merged].map((value) => scaled(value))
  return one !== undefined && other !== undefined && one + other === whole
}

const DIGITS = 18

/** An exact amount as a whole number of the smallest part; nothing is nought. */
const scaled = (value: Cell | undefined): bigint => {
  const [, sign = '', whole = '0', part = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(value ?? 0)) ?? []
  const amount = BigInt(whole + part.padEnd(DIGITS, '0'))
  return sign === '-' ? -amount : amount
}

/** The layers as lines over time; where a layer has no row it has nothing to add. */
export const layeredSeries = (
  rows: readonly LayeredRow[],
): { readonly times: readonly number[]; readonly series: readonly Series[] } => {
  const byTime = rows
    .filter(({ start }) => start !== null)
    .toSorted((a, b) => (a.start ?? '').localeCompare(b.start ?? ''))
  const valuesOf = (layer: 'merged' | 'batch' | 'speed') =>
    byTime.map((row) => {
      const value = row[layer]
      return value === null || value === undefined ? 0 : Number(value)
    })
  return {
    times: byTime.map(({ start }) => Date.parse(start ?? '')),
    series: [
      { name: 'merged', tone: 'merged', values: valuesOf('merged') },
      { name: 'batch', tone: 'batch', values: valuesOf('batch') },
      { name: 'speed', tone: 'speed', values: valuesOf('speed') },
    ],
  }
}
