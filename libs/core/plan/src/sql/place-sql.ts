import type { SqlDialect } from '@tidewater/expr'

/** Offsets stay below 2^53, so (event time, offset) is one integer whose order is theirs: engines compare it much faster than a pair. */
const SHIFT = '9007199254740992'

const wide = (dialect: SqlDialect, sql: string): string =>
  dialect.name === 'duckdb' ? `CAST(${sql} AS HUGEINT)` : `toInt128(${sql})`

/** Where a row stands within its partition, for latest and earliest (semantics V4). */
export const placeSql = (dialect: SqlDialect, at: string, offset: string): string =>
  `(${wide(dialect, at)} * ${SHIFT} + ${offset})`

/** The offset in a place, given its event time. */
export const offsetSql = (dialect: SqlDialect, place: string, at: string): string => {
  const rest = dialect.name === 'duckdb' ? `CAST(${at} AS HUGEINT)` : `CAST(${at} AS Nullable(Int128))`
  return `(${place} - ${rest} * ${SHIFT})`
}
