import type { SqlDialect } from './dialect.ts'

/** Integer division that rounds down; both engines cut towards zero. `by` > 0. */
export const floorDivSql = (dialect: SqlDialect, x: string, by: number): string =>
  // x − ((x mod by) + by) mod by is a multiple of `by`, so its quotient is exact.
  dialect.integerDivide(floorToSql(x, by), String(by))

/** The greatest multiple of `by` that is ≤ x: the tile grid, also before 1970. */
export const floorToSql = (x: string, by: number): string => (by === 1 ? x : `(${x} - ((${x}) % ${by} + ${by}) % ${by})`)
