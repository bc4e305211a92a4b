import type { SqlDialect } from '@tidewater/expr'
import type { Cell } from '../layout-types.ts'
import type { ViewSql } from './view-sql.ts'

/** Columns that name a group in the source: its window only where the view has one, for a constant is no free key. */
export const groupColumns = ({ view, layout }: ViewSql): readonly string[] => [
  '_partition',
  ...(view.window === null ? [] : ['_bucket']),
  ...layout.stateKeys.map((key) => key.column),
]

/**
 * The intervals of a session cell: gaps and islands. Rows closer than or exactly `gap` to the one before belong to its
 * session (semantics V5); one row per session with its start, end and number of events.
 * RANGE counts the heads of all rows of one moment: their order may differ from one window function to the next.
 */
export function sessionsSql(cell: Cell, plan: ViewSql, dialect: SqlDialect, where: string | null): string {
  const gap = cell.call.gapMs ?? 0
  const names = groupColumns(plan).join(', ')
  const group = groupColumns(plan)
    .map((name) => `s.${name}`)
    .join(', ')
  const own = groupColumns(plan)
    .map((name) => `s.${name} AS ${name}`)
    .join(', ')
  const before = `lag(CAST(s._at AS ${dialect.cellType({ kind: 'instant' })})) OVER (PARTITION BY ${group} ORDER BY s._at)`
  const condition = where === null ? '' : ` WHERE coalesce(${where}, FALSE)`
  return `SELECT ${names}, min(at_ms) AS started, max(at_ms) AS ended, count(*) AS events FROM (
  SELECT ${names}, at_ms, sum(CASE WHEN at_ms - before_ms <= ${gap} THEN 0 ELSE 1 END)
    OVER (PARTITION BY ${names} ORDER BY at_ms RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS island
  FROM (SELECT ${own}, s._at AS at_ms, ${before} AS before_ms FROM source AS s${condition}) AS gaps
) AS islands GROUP BY ${names}, island`
}
