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
  const kinds = machine.view.measures.map(({ name, expr }) => [name, expr.type.kind] as const)
  const incomplete = new Set(
    degraded.flatMap((name) => (name.startsWith('distinct:') ? [name.slice('distinct:'.length)] : [])),
  )
  return (served, archived) =>
    kinds.every(([name, kind]) => {
      const [a, b] = [served.measures[name] ?? null, archived.measures[name] ?? null]
      // More distinct values than are kept: serving says so and answers null.
      return (incomplete.has(name) && a === null) || equal(a, b, kind === 'number' ? 'near' : 'exact')
    })
}

const equal = (a: Value, b: Value, how: 'near' | 'exact'): boolean => {
  if (a === b) return true
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
