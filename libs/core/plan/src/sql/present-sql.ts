import { must } from '@tidewater/base'
import type { SqlDialect } from '@tidewater/expr'
import { nextStartSql } from '@tidewater/expr'
import { snakeCase } from 'tidewater'
import { mergedView } from './merged-view.ts'
import type { MergedFrom } from './merged-view.ts'
import type { ViewSql } from './view-sql.ts'

export interface PresentFrom extends Pick<MergedFrom, 'slots' | 'asOf' | 'isParameter'> {
  /** More columns at the end, e.g. `_generation`. */
  readonly extra?: readonly { readonly name: string; readonly sql: string }[]
}

/**
 * What an analyst sees of a view: `window_start, window_end` (with a window), the keys, the measures, all in snake_case
 * with the types of language.md §7. One row per window and key; keys that the view has by lookup are bound here and
 * regrouped, so tables may change without the state.
 */
export function presentSql(plan: ViewSql, dialect: SqlDialect, from: PresentFrom): string {
  const { view, layout } = plan
  const merged = mergedView(plan, dialect, from)
  const columns = [
    ...windowColumns(plan, dialect),
    ...layout.keys.map((key, n) =>
      named(dialect, key.name, declared(dialect, key.type, `m.key${n}`, 'known')),
    ),
    ...view.measures.map(({ name, expr }) =>
      named(
        dialect,
        name,
        declared(
          dialect,
          expr.type,
          must(merged.measures.get(name), name),
          expr.optional ? 'optional' : 'known',
        ),
      ),
    ),
    ...(from.extra ?? []).map(({ name, sql }) => `${sql} AS ${dialect.identifier(name)}`),
  ]
  return `WITH ${merged.ctes.join(',\n')}\nSELECT ${columns.join(',\n  ')}\nFROM ${merged.from}`
}

const named = (dialect: SqlDialect, name: string, sql: string): string =>
  `${sql} AS ${dialect.identifier(snakeCase(name))}`

const declared = (
  dialect: SqlDialect,
  type: Parameters<SqlDialect['toColumn']>[0],
  cell: string,
  missing: 'optional' | 'known',
): string => {
  const column = dialect.toColumn(type, cell)
  return missing === 'known' ? dialect.known(column) : column
}

function windowColumns({ view }: ViewSql, dialect: SqlDialect): readonly string[] {
  const window = view.window
  if (window === null) return []
  const end =
    window.kind === 'duration'
      ? `(m._bucket + ${window.ms})`
      : nextStartSql(dialect, window.unit, window.zone, 'm._bucket')
  const column = (name: string, sql: string): string =>
    named(dialect, name, declared(dialect, { kind: 'instant' }, sql, 'known'))
  return [column('window_start', 'm._bucket'), column('window_end', end)]
}
