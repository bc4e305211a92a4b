import type { SqlDialect } from '@tidewater/expr'
import type { Cell } from '../layout-types.ts'

/**
 * The session open at `asOf` of each group of `bound`: intervals of all partitions and slices are joined where they
 * overlap or lie within the gap, and of those begun by `asOf` the last is open unless it is silent for longer.
 */
export function openSessionSql(
  cell: Cell,
  group: readonly string[],
  dialect: SqlDialect,
  asOf: string,
): string {
  const gap = cell.call.gapMs ?? 0
  const [end, events] = cell.columns.map(({ name }) => name)
  const names = group.join(', ')
  const own = group.map((name) => `s.${name} AS ${name}`).join(', ')
  const partition = group.map((name) => `s.${name}`).join(', ')
  const integer = dialect.cellType({ kind: 'int', digits: 15 })
  const seconds = `CAST(ended_ms - started_ms AS ${dialect.cellType({ kind: 'number' })}) / 1e3`
  // Before the first interval there is no end: NULL, which the type must allow.
  const endSoFar = `max(CAST(s.${end} AS ${integer})) OVER (PARTITION BY ${partition}
    ORDER BY s._tile, s.${end} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)`
  const intervals = `SELECT ${own}, s._tile AS start_ms, s.${end} AS end_ms, s.${events} AS n,
    ${endSoFar} AS end_before FROM bound AS s WHERE s._grain = ${cell.grain}`
  const numbered = `SELECT ${names}, start_ms, end_ms, n, sum(CASE WHEN start_ms - end_before <= ${gap} THEN 0 ELSE 1 END)
    OVER (PARTITION BY ${names} ORDER BY start_ms, end_ms
      RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS island
    FROM (${intervals}) AS intervals`
  const sessions = `SELECT ${names}, min(start_ms) AS started_ms, max(end_ms) AS ended_ms,
    CAST(sum(n) AS ${integer}) AS total FROM (${numbered}) AS numbered GROUP BY ${names}, island`
  const begun = `SELECT ${names}, started_ms, ended_ms, total,
    row_number() OVER (PARTITION BY ${names} ORDER BY started_ms DESC) AS nth
    FROM (${sessions}) AS sessions WHERE started_ms <= ${asOf}`
  return `SELECT ${names}, started_ms AS started, ${seconds} AS seconds, total AS events
    FROM (${begun}) AS begun WHERE nth = 1 AND ${asOf} - ended_ms <= ${gap}`
}
