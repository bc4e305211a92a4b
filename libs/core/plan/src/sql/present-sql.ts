import type { AggregateCall, SqlDialect, SqlScope } from '@tidewater/expr'
import { nextStartSql, printExpr } from '@tidewater/expr'
import { snakeCase } from 'tidewater'
import { cellOf, lastHeardCell } from '../layout.ts'
import { createLookupJoins } from './lookup-joins.ts'
import { createMergedCells } from './merged-cells.ts'
import { skipsOf } from './view-sql.ts'
import type { ViewSql } from './view-sql.ts'

export interface PresentFrom {
  /** A relation or `(SELECT …)` of slots (see `slotsSql`), of any number of partitions and slices. */
  readonly slots: string
  /** "Now", ms: a literal, a parameter or an expression that is constant within the statement. */
  readonly asOf: string
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
  const keys = layout.keys.map((_, n) => `key${n}`)
  const group = ['_bucket', ...keys]
  const merged = createMergedCells(layout, dialect, from.asOf, group)
  const scope: SqlScope = {
    field: (name) => {
      throw new Error(`a measure names the field '${name}' outside an aggregate`)
    },
    lookup: () => {
      throw new Error('a measure looks a table up outside an aggregate')
    },
    aggregate: (call: AggregateCall) => merged.value(cellOf(layout, call), call),
    asOf: from.asOf,
  }
  const measures = view.measures.map(({ name, expr }) =>
    named(
      dialect,
      name,
      declared(dialect, expr.type, printExpr(expr, dialect, scope), expr.optional ? 'optional' : 'known'),
    ),
  )
  const heard = view.expiresMs === null ? null : lastHeardCell(layout, plan.event)
  const alive =
    heard === null
      ? ''
      : `\nWHERE ${from.asOf} - ${merged.value(heard, { ...heard.call, window: null, read: null })} <= ${view.expiresMs}`
  const relations = merged.relations()

  const columns = [
    ...windowColumns(plan, dialect),
    ...layout.keys.map((key, n) =>
      named(dialect, key.name, declared(dialect, key.type, `m.key${n}`, 'known')),
    ),
    ...measures,
    ...(from.extra ?? []).map(({ name, sql }) => `${sql} AS ${dialect.identifier(name)}`),
  ]
  const ctes = [
    `bound ${dialect.readAgain(from.slots)} (\n${boundSql(plan, dialect, from.slots)}\n)`,
    `merged AS (\nSELECT ${[...group.map((name) => `s.${name} AS ${name}`), ...merged.columns()].join(',\n  ')}\nFROM bound AS s GROUP BY ${group.map((name) => `s.${name}`).join(', ')}\n)`,
    ...relations.map(({ alias, sql }) => `${alias} AS (\n${sql}\n)`),
  ]
  const joins = relations.map(
    ({ alias }) =>
      `\nLEFT JOIN ${alias} ON ${group.map((name) => `${alias}.${name} = m.${name}`).join(' AND ')}`,
  )
  return `WITH ${ctes.join(',\n')}\nSELECT ${columns.join(',\n  ')}\nFROM merged AS m${joins.join('')}${alive}`
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

/** Slots with the presented keys in place of the state keys. */
function boundSql(plan: ViewSql, dialect: SqlDialect, slots: string): string {
  const { layout } = plan
  const joins = createLookupJoins(plan, dialect)
  const scope: SqlScope = {
    field: (name) => `s.${name}`,
    lookup: joins.lookup,
    aggregate: () => {
      throw new Error('an aggregate inside a key')
    },
    asOf: 'NULL',
  }
  const keys = layout.keys.map((key, n) => `${printExpr(key.expr, dialect, scope)} AS key${n}`)
  // A key that a lookup leaves without a value: the group is not shown.
  const skips = layout.keys
    .flatMap((key) => skipsOf(key.expr))
    .map((expr) => `${printExpr(expr, dialect, scope)} IS NOT NULL`)
  const where = skips.length === 0 ? '' : `\nWHERE ${skips.join(' AND ')}`
  const cells = layout.cells.flatMap((cell) => cell.columns.map(({ name }) => `s.${name} AS ${name}`))
  const columns = ['s._bucket AS _bucket', ...keys, 's._grain AS _grain', 's._tile AS _tile', ...cells]
  return `SELECT ${columns.join(', ')}\nFROM ${slots} AS s ${joins.text()}${where}`
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
