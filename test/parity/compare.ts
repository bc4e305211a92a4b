import type { Type, Value } from '@tidewater/expr'
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
  for (const row of right.keys()) if (!left.has(row)) return { between, row, column: '(row)', values: ['missing', 'there'] }
  if (left.size !== base.rows.length || right.size !== other.rows.length) {
    return { between, row: '', column: '(number of rows)', values: [base.rows.length, other.rows.length] }
  }
  return null
}

const columnsOf = ({ view }: Case): readonly (readonly [string, Type])[] => [
  ...(view.window === null ? [] : [['window_end', { kind: 'instant' }] as const]),
  ...view.measures.map(({ name, expr }) => [snakeCase(name), expr.type] as const),
]

function byKey({ view }: Case, answer: Answer): Map<string, AnswerRow> {
  const names = [...(view.window === null ? [] : ['window_start']), ...view.keys.map(({ name }) => snakeCase(name))]
  return new Map(answer.rows.map((row) => [JSON.stringify(names.map((name) => shown(row[name] ?? null))), row]))
}

export const shown = (value: unknown): unknown => (typeof value === 'bigint' ? `${value}n` : value)

function same(type: Type, a: Value, b: Value, slack: number): boolean {
  if (type.kind !== 'number' || typeof a !== 'number' || typeof b !== 'number') return a === b
  return Math.abs(a - b) <= slack + 1e-12 * Math.max(Math.abs(a), Math.abs(b))
}

/** 1e-9 × Σ|x| over the doubles a view reads; none when it reads none. */
function tolerance({ view, rows, schema }: Case): number {
  const doubles = schema.event.fields.filter(({ type }) => type.kind === 'number').map(({ name }) => name)
  const text = JSON.stringify(view.measures)
  const read = doubles.filter((name) => text.includes(`"name":"${name}"`))
  return 1e-9 * read.reduce((sum, name) => sum + rows.reduce((total, { row }) => total + Math.abs(Number(row[name] ?? 0)), 0), 0)
}
