import type { SqlDialect } from '@tidewater/expr'
import type { Cell, Layout } from '../layout-types.ts'

/** Columns that name a group in the source and in the slots. */
export const groupColumns = (layout: Layout): readonly string[] => ['_bucket', ...layout.stateKeys.map((key) => key.column)]

/**
 * The intervals of a session cell: gaps and islands. Rows closer than or exactly `gap` to the one before belong to its
 * session (semantics V5); one row per session with its start, end and number of events.
 */
export function sessionsSql(cell: Cell, layout: Layout, dialect: SqlDialect, where: string | null): string {
  const gap = cell.call.gapMs ?? 0
  const group = ['_partition', ...groupColumns(layout)].map((name) => `s.${name}`).join(', ')
  const names = ['_partition', ...groupColumns(layout)].join(', ')
  const before = `lag(CAST(s._at AS ${dialect.cellType({ kind: 'instant' })})) OVER (PARTITION BY ${group} ORDER BY s._at)`
  const condition = where === null ? '' : ` WHERE coalesce(${where}, FALSE)`
  return `SELECT ${names}, min(at_ms) AS started, max(at_ms) AS ended, count(*) AS events FROM (
  SELECT ${names}, at_ms, sum(CASE WHEN at_ms - before_ms <= ${gap} THEN 0 ELSE 1 END)
    OVER (PARTITION BY ${names} ORDER BY at_ms ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS island
  FROM (SELECT ${group.replaceAll(/s\.(\w+)/g, 's.$1 AS $1')}, s._at AS at_ms, ${before} AS before_ms FROM source AS s${condition}) AS gaps
) AS islands GROUP BY ${names}, island`
}
