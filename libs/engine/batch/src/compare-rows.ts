import { incompleteName } from '@tidewater/aggregates'
import { callsOf } from '@tidewater/expr'
import type { Value } from '@tidewater/expr'
import type { Machine } from '@tidewater/plan'
import type { ServedRow, ServedView } from '@tidewater/ports'

/** One group as serving and the archive have it; null: this side has no such group. */
export interface Pair {
  readonly served: ServedRow | null
  readonly archived: ServedRow | null
}

/** Text that is equal for equal window and keys. */
export const groupOf = ({ keys, start }: Pick<ServedRow, 'keys' | 'start'>): string =>
  JSON.stringify([
    start,
    ...Object.entries(keys)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, value]) => text(value)),
  ])

/** Whether two rows of a view say the same: floats to 1e-9 of their size, everything else exactly. */
export const comparerOf = (
  machine: Machine,
  { degraded }: Pick<ServedView, 'degraded'>,
): ((served: ServedRow, archived: ServedRow) => boolean) => {
  const measures = machine.view.measures.map(({ name, expr }) => ({
    name,
    how: expr.type.kind === 'number' ? ('near' as const) : ('exact' as const),
    incomplete: callsOf(expr).some((call) => degraded.includes(incompleteName(call, name))),
  }))
  return (served, archived) =>
    measures.every(({ name, how, incomplete }) => {
      const [a, b] = [served.measures[name] ?? null, archived.measures[name] ?? null]
      // More than an aggregate keeps: serving says so and answers null.
      return (incomplete && a === null) || equal(a, b, how)
    })
}

const equal = (a: Value, b: Value, how: 'near' | 'exact'): boolean => {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) {
    const [left, right] = [a as readonly Value[], b as readonly Value[]]
    return left.length === right.length && left.every((item, n) => equal(item, right[n] ?? null, how))
  }
  if (typeof a === 'bigint' || typeof b === 'bigint') return a !== null && b !== null && text(a) === text(b)
  if (how === 'exact' || typeof a !== 'number' || typeof b !== 'number') return false
  return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b))
}

const text = (value: Value): string =>
  value === null ? 'null' : `${typeof value === 'string' ? 's' : ''}${String(value)}`

/** A row for a person to read. */
export const textsOf = (row: Readonly<Record<string, Value>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value === null ? 'null' : String(value)]),
  )
