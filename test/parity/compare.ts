import { callsOf, compileRowExpr } from '@tidewater/expr'
import type { Type, Value } from '@tidewater/expr'
import type { Layout, Row, SlotRow } from '@tidewater/plan'
import { snakeCase } from 'tidewater'
import type { Answer, AnswerRow } from './answer.ts'
import type { Case } from './random-case.ts'

export interface Difference {
  /** The two that disagree. */
  readonly between: readonly [string, string]
  /** Window and keys of the row. */
  readonly row: string
  readonly column: string
  readonly values: readonly [unknown, unknown]
}

/** The first disagreement of `other` with `base`: rows, then columns; exact types exactly, doubles to 1e-9 × Σ|x|. */
export function differenceOf(one: Case, base: Answer, other: Answer): Difference | null {
  const between = [base.by, other.by] as const
  const left = byKey(one, base)
  const right = byKey(one, other)
  for (const [row, values] of left) {
    const found = right.get(row)
    if (found === undefined) return { between, row, column: '(row)', values: ['there', 'missing'] }
    for (const [column, type] of columnsOf(one)) {
      const pair = [values[column] ?? null, found[column] ?? null] as const
      if (!same(type, ...pair, tolerance(one))) return { between, row, column, values: pair }
    }
  }
  for (const row of right.keys())
    if (!left.has(row)) return { between, row, column: '(row)', values: ['missing', 'there'] }
  if (left.size !== base.rows.length || right.size !== other.rows.length) {
    return { between, row: '', column: '(number of rows)', values: [base.rows.length, other.rows.length] }
  }
  return null
}

/** The first slot row or column in which `other` differs from `base`. */
export function slotsDifferenceOf(
  one: Case,
  layout: Layout,
  base: readonly SlotRow[],
  engine: string,
  other: readonly SlotRow[],
): Difference | null {
  const between = ['js slots', `${engine} slots`] as const
  const left = slotsByPlace(layout, base)
  const right = slotsByPlace(layout, other)
  if (new Set(other.map(placeOf)).size !== other.length)
    return { between, row: '', column: '(number of rows)', values: [right.size, other.length] }
  for (const row of new Set([...left.keys(), ...right.keys()])) {
    const pair = [left.get(row), right.get(row)] as const
    const [a, b] = pair
    if (a === undefined || b === undefined)
      return { between, row, column: '(row)', values: [a !== undefined, b !== undefined] }
    for (const { name, type } of layout.cells
      .filter(({ grain }) => grain === a.grain)
      .flatMap(({ columns }) => columns)) {
      const values = [a.values[name] ?? null, b.values[name] ?? null] as const
      if (!sameSlot(type, values[0], values[1], tolerance(one))) return { between, row, column: name, values }
    }
  }
  return null
}

type SlotValue = SlotRow['values'][string]

const sameSlot = (type: Type, a: SlotValue, b: SlotValue, slack: number): boolean => {
  if (Array.isArray(a) && Array.isArray(b)) {
    const found = new Set(b as readonly Value[])
    return (
      a.length === b.length &&
      found.size === b.length &&
      (a as readonly Value[]).every((value) => found.has(value))
    )
  }
  return same(type, a as Value, b as Value, slack)
}

const placeOf = (row: SlotRow): string =>
  JSON.stringify([row.partition, row.bucket, row.keys.map(shown), row.grain, row.tile])

/** Tiles in which nothing was counted are as good as none. */
const slotsByPlace = (layout: Layout, rows: readonly SlotRow[]): Map<string, SlotRow> =>
  new Map(
    rows
      .filter((row) => layout.grains[row.grain]?.kind !== 'tile' || !isEmpty(row))
      .map((row) => [placeOf(row), row]),
  )

const isEmpty = ({ values }: SlotRow): boolean =>
  Object.values(values).every(
    (value) => value === 0 || value === null || (Array.isArray(value) && value.length === 0),
  )

const columnsOf = ({ view }: Case): readonly (readonly [string, Type])[] => [
  ...(view.window === null ? [] : [['window_end', { kind: 'instant' }] as const]),
  ...view.measures.map(({ name, expr }) => [snakeCase(name), expr.type] as const),
]

function byKey({ view }: Case, answer: Answer): Map<string, AnswerRow> {
  const names = [
    ...(view.window === null ? [] : ['window_start']),
    ...view.keys.map(({ name }) => snakeCase(name)),
  ]
  return new Map(
    answer.rows.map((row) => [JSON.stringify(names.map((name) => shown(row[name] ?? null))), row]),
  )
}

export const shown = (value: unknown): unknown => (typeof value === 'bigint' ? `${value}n` : value)

function same(type: Type, a: Value, b: Value, slack: number): boolean {
  if (type.kind === 'list' && Array.isArray(a) && Array.isArray(b)) {
    const { of } = type
    const [left, right] = [a as readonly Value[], b as readonly Value[]]
    if (of.kind === 'entry') return JSON.stringify(left.map(String)) === JSON.stringify(right.map(String))
    return left.length === right.length && left.every((item, n) => same(of, item, right[n] ?? null, slack))
  }
  if (type.kind !== 'number' || typeof a !== 'number' || typeof b !== 'number') return a === b
  return Math.abs(a - b) <= slack + 1e-12 * Math.max(Math.abs(a), Math.abs(b))
}

/** 1e-9 × Σ|x| over the doubles a view aggregates; none when it aggregates none. */
function tolerance(one: Case): number {
  const known = tolerances.get(one)
  if (known !== undefined) return known
  const tables = new Map([[one.schema.table.name, one.schema.tableRows]])
  const calls = one.view.measures.flatMap(({ expr }) => callsOf(expr))
  const doubles = calls.flatMap(({ arg }) =>
    arg?.type.kind === 'number' ? [compileRowExpr(arg, tables)] : [],
  )
  const total = (value: (row: Row) => Value): number =>
    one.rows.reduce((sum, { row }) => sum + Math.abs(Number(value(row) ?? 0)), 0)
  const slack = 1e-9 * doubles.reduce((sum, value) => sum + total(value), 0)
  tolerances.set(one, slack)
  return slack
}

const tolerances = new WeakMap<Case, number>()
