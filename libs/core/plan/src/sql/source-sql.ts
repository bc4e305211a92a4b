import { aggregateOf, placeSql } from '@tidewater/aggregates'
import type { SourceRow } from '@tidewater/aggregates'
import type { Expr, SqlDialect, SqlScope } from '@tidewater/expr'
import { printExpr, rowPartsOf } from '@tidewater/expr'
import { snakeCase } from 'tidewater'
import type { Cell } from '../layout-types.ts'
import { createLookupJoins } from './lookup-joins.ts'
import { startSql } from './start-sql.ts'
import type { ViewSql } from './view-sql.ts'
import { skipsOf } from './view-sql.ts'

/** One row of the view per row of the event: group, event time, and every argument and filter of its aggregates. */
export interface SourceSql {
  readonly text: string
  /** The columns of a cell's argument, filter and place. */
  row(cell: Cell): SourceRow
}

const NO_AGGREGATES = {
  aggregate: () => {
    throw new Error('an aggregate inside a row expression')
  },
  asOf: 'NULL',
}

export function sourceSql(plan: ViewSql, dialect: SqlDialect, source: string): SourceSql {
  const { view, event, layout } = plan
  const { joins, scope, print } = rowWords(plan, dialect)
  const time = scope.field(event.time, { kind: 'instant' })
  const values = new Map<string, { name: string; sql: string }>()
  const add = (expr: Expr): void => {
    const id = JSON.stringify(expr)
    if (!values.has(id))
      values.set(id, { name: `a${values.size}`, sql: valueSql(expr, print(expr), dialect) })
  }
  for (const { call } of layout.cells) for (const expr of rowPartsOf(call)) add(expr)

  const column = (expr: Expr): string => {
    const found = values.get(JSON.stringify(expr))
    if (found === undefined) throw new Error('not an argument of this view')
    return `s.${found.name}`
  }

  const columns = [
    'r._partition AS _partition',
    'r._offset AS _offset',
    `${time} AS _at`,
    ...bucketSql(plan, dialect, time),
    ...(layout.cells.some(isPlaced) ? [`${placeSql(dialect, time, 'r._offset')} AS _place`] : []),
    ...layout.stateKeys.map((key) => `${print(key.expr)} AS ${key.column}`),
    ...[...values.values()].map(({ name, sql }) => `${sql} AS ${name}`),
  ]
  const conditions = [...(view.where === null ? [] : [print(view.where)]), ...keyedSql(plan, print)]
  const where = conditions.length === 0 ? '' : `\nWHERE ${conditions.join(' AND ')}`
  return {
    text: `SELECT ${columns.join(',\n  ')}\nFROM ${source} AS r ${joins.text()}${where}`,
    row: ({ call: { arg, by, where } }) => ({
      value: arg === null ? null : column(arg),
      key: by === undefined ? null : column(by),
      only: where === null ? null : `coalesce(${column(where)}, FALSE)`,
      at: 's._at',
      partition: 's._partition',
      place: 's._place',
    }),
  }
}

/**
 * A relation of one row: `n`, how many rows pass the view's filter and are in no group of it, for want of a key (A4). Null: every
 * row has one.
 */
export function keylessSql(plan: ViewSql, dialect: SqlDialect, source: string): string | null {
  const { joins, print } = rowWords(plan, dialect)
  const keyed = keyedSql(plan, print)
  if (keyed.length === 0) return null
  const { where } = plan.view
  const conditions = [...(where === null ? [] : [print(where)]), `NOT (${keyed.join(' AND ')})`]
  const n = `CAST(count(*) AS ${dialect.cellType({ kind: 'int', digits: 15 })}) AS n`
  return `SELECT ${n} FROM ${source} AS r ${joins.text()} WHERE ${conditions.join(' AND ')}`
}

/** How expressions of one row `r` are printed, and the joins that their lookups need. */
const rowWords = (plan: ViewSql, dialect: SqlDialect) => {
  const joins = createLookupJoins(plan, dialect)
  const scope: SqlScope = {
    field: (name, type) => dialect.fromColumn(type, `r.${dialect.identifier(snakeCase(name))}`),
    lookup: joins.lookup,
    ...NO_AGGREGATES,
  }
  return { joins, scope, print: (expr: Expr): string => printExpr(expr, dialect, scope) }
}

/** A key is never missing (V3): not by `.orSkip()`, and not in a row from before its field was required. */
const keyedSql = ({ layout }: ViewSql, print: (expr: Expr) => string): readonly string[] => {
  const known = layout.stateKeys.flatMap(({ expr, optional }) => [
    ...skipsOf(expr),
    ...(optional ? [] : [expr]),
  ])
  return [...new Set(known.map((expr) => `${print(expr)} IS NOT NULL`))]
}

const isPlaced = ({ call }: Cell): boolean => {
  const aggregate = aggregateOf(call)
  return aggregate.keeps === 'columns' && aggregate.placed === true
}

/** A filter is true or not: an aggregate's condition must not be NULL. */
const valueSql = (expr: Expr, sql: string, dialect: SqlDialect): string =>
  expr.type.kind === 'boolean' ? `CAST(${sql} AS ${dialect.cellType(expr.type)})` : sql

/** The start of the row's window; a view without one has no such column. */
const bucketSql = ({ view }: ViewSql, dialect: SqlDialect, time: string): readonly string[] =>
  view.window === null ? [] : [`${startSql(view.window, dialect, time)} AS _bucket`]
