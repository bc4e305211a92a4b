import type { SqlDialect } from '@tidewater/expr'
import type { EventDefinition } from 'tidewater'

type Horizon = Pick<EventDefinition, 'horizonMs'>

/**
 * Where a copy is refused (semantics I2): a record is a copy iff an earlier one of its id in its partition was appended at
 * most `horizon` before it. Append time is a prefix maximum, so the nearest earlier one decides alone. Once by hand for the
 * stream and once as SQL for history; a test holds them together.
 *
 * `appendedAt` and `nearest` in ms; `nearest` is negative when the id was never seen before.
 */
export const isCopy = ({ horizonMs }: Horizon, appendedAt: number, nearest: number): boolean =>
  nearest >= 0 && appendedAt - nearest <= horizonMs

/** The same of two instants in ms; `nearest` is NULL when the id was never seen before. Never NULL. */
export const isCopySql = ({ horizonMs }: Horizon, appendedAt: string, nearest: string): string =>
  `coalesce(${appendedAt} - ${nearest} <= ${horizonMs}, false)`

/** `_appended_at` of a raw row, ms. */
export const appendedSql = (dialect: SqlDialect): string =>
  dialect.fromColumn({ kind: 'instant' }, '_appended_at')

/** When the nearest earlier record of a raw row's id was appended, ms; NULL without one. A window over whole partitions. */
export const nearestSql = (dialect: SqlDialect): string =>
  // A missing row must be NULL, not 0, so ClickHouse is given a type that has one.
  `lag(CAST(${appendedSql(dialect)} AS ${dialect.cellType({ kind: 'instant' })})) OVER (PARTITION BY _partition, _id ORDER BY _offset)`

/** The rows of `raw` that are no copies. Only ids whose hash occurs twice are sorted; of most logs that is next to none. */
export const withoutCopies = (event: Horizon, dialect: SqlDialect, raw: string): string => {
  const hash = dialect.hash64('_id')
  const repeated = `${hash} IN (SELECT ${hash} AS h FROM ${raw} GROUP BY h HAVING count(*) > 1)`
  const told = `SELECT _partition, _offset, ${appendedSql(dialect)} AS _at, ${nearestSql(dialect)} AS _nearest FROM ${raw} WHERE ${repeated}`
  const copies = `SELECT _partition, _offset FROM (\n  ${told}\n) WHERE ${isCopySql(event, '_at', '_nearest')}`
  return `SELECT r.* FROM ${raw} AS r ${dialect.antiJoin} (${copies}) AS d ON r._partition = d._partition AND r._offset = d._offset`
}
