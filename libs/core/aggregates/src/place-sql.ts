import type { SqlDialect } from '@tidewater/expr'

/** Offsets stay below 2^53, so (event time, offset) is one integer whose order is theirs: engines compare it much faster than a pair. */
const SHIFT = '9007199254740992'

/** Where a row stands within its partition, for latest and earliest (semantics V4). */
export const placeSql = (dialect: SqlDialect, at: string, offset: string): string =>
  `(${dialect.wide(at)} * ${SHIFT} + ${offset})`

/** The offset in a place, given its event time. */
export const offsetSql = (dialect: SqlDialect, place: string, at: string): string =>
  `(${place} - ${dialect.wide(at)} * ${SHIFT})`
