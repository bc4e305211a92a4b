import type { SqlDialect } from '@tidewater/expr'
import type { EventDefinition } from 'tidewater'

/**
 * The rows of `raw` without duplicates (semantics I2): a row is one iff an earlier copy of its id in its partition was
 * appended at most `horizon` before it. `_appended_at` is a prefix maximum, so the nearest earlier copy decides.
 *
 * Only ids whose 64-bit hash occurs twice are sorted; of most logs that is next to none.
 */
export function dedupedSql(event: EventDefinition, dialect: SqlDialect, raw: string): string {
  const anti = dialect.name === 'duckdb' ? 'ANTI JOIN' : 'LEFT ANTI JOIN'
  return `SELECT r.* FROM ${raw} AS r ${anti} (${duplicatesSql(event, dialect, raw)}) AS d ON r._partition = d._partition AND r._offset = d._offset`
}

/** `_partition, _offset` of the duplicates in `raw`. */
export function duplicatesSql(event: EventDefinition, dialect: SqlDialect, raw: string): string {
  const hash = dialect.name === 'duckdb' ? 'hash(_id)' : 'cityHash64(_id)'
  const appended = dialect.fromColumn({ kind: 'instant' }, '_appended_at')
  // A missing previous row must be NULL, not 0, so ClickHouse is given a type that has one.
  const before = `lag(CAST(${appended} AS ${dialect.cellType({ kind: 'instant' })})) OVER (PARTITION BY _partition, _id ORDER BY _offset)`
  return `SELECT _partition, _offset FROM (
  SELECT _partition, _offset, ${appended} - ${before} AS since_copy
  FROM ${raw} WHERE ${hash} IN (SELECT ${hash} AS h FROM ${raw} GROUP BY h HAVING count(*) > 1)
) WHERE since_copy <= ${event.horizonMs}`
}
