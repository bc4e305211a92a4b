import type { AggregateCall, SqlDialect, SqlScope } from '@tidewater/expr'
import { printExpr } from '@tidewater/expr'
import { cellOf, lastHeardCell } from '../layout.ts'
import { createLookupJoins } from './lookup-joins.ts'
import { createMergedCells } from './merged-cells.ts'
import { skipsOf } from './view-sql.ts'
import type { ViewSql } from './view-sql.ts'

export interface MergedFrom {
  /** A relation or `(SELECT …)` of slots (see `slotsSql`), of any number of partitions and slices. */
  readonly slots: string
  /** "Now", ms: a literal, a parameter or an expression that is constant within the statement. */
  readonly asOf: string
  /** A macro's parameter inside an aggregate's filter is taken for a column by DuckDB, so it is made one. */
  readonly isParameter?: boolean
  /** How the groups are joined to wider ones; nothing: one per window and presented key. */
  readonly joined?: Joined
}

export interface Joined {
  /** The start of the wider window a slot falls in, from `s._bucket`. */
  readonly start: string
  /** Names of the keys that are kept. */
  readonly keys: readonly string[]
  /** Conditions on slots, given the SQL of each presented key by name. */
  where(keys: ReadonlyMap<string, string>): readonly string[]
}

/** A view's groups and their measures, in cell form. */
export interface MergedView {
  /** `bound`: slots with their group's columns (and, joined, their own window as `_window`); then `merged` and what else `from` reads. */
  readonly ctes: readonly string[]
  /** What names a group in `bound AS s` and `merged AS m`: `_bucket`, and `keyN` of each key that is kept. */
  readonly group: readonly string[]
  /** `merged AS m …`, with only the groups that are alive at `asOf`. */
  readonly from: string
  /** By name, over `from`. */
  readonly measures: ReadonlyMap<string, string>
}

/** Keys that the view has by lookup are bound here and regrouped (semantics V6), so tables may change without the state. */
export function mergedView(plan: ViewSql, dialect: SqlDialect, from: MergedFrom): MergedView {
  const { view, layout } = plan
  const kept = from.joined?.keys
  const keys = layout.keys.flatMap(({ name }, n) => (kept?.includes(name) === false ? [] : [`key${n}`]))
  const group = ['_bucket', ...keys]
  const merged = createMergedCells(
    layout,
    dialect,
    { asOf: from.asOf, asOfSlot: from.isParameter === true ? 's._asked' : from.asOf },
    group,
  )
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
  const measures = new Map(view.measures.map(({ name, expr }) => [name, printExpr(expr, dialect, scope)]))
  const heard = view.expiresMs === null ? null : lastHeardCell(layout, plan.event)
  const alive =
    heard === null
      ? ''
      : `\nWHERE ${from.asOf} - ${merged.value(heard, { ...heard.call, window: null, read: null })} <= ${view.expiresMs}`
  const relations = merged.relations()
  const ctes = [
    `bound ${dialect.readAgain(from.slots)} (\n${boundSql(plan, dialect, from)}\n)`,
    `merged AS (\nSELECT ${[...group.map((name) => `s.${name} AS ${name}`), ...merged.columns()].join(',\n  ')}\nFROM bound AS s GROUP BY ${group.map((name) => `s.${name}`).join(', ')}\n)`,
    ...relations.map(({ alias, sql }) => `${alias} AS (\n${sql}\n)`),
  ]
  const joins = relations.map(
    ({ alias }) =>
      `\nLEFT JOIN ${alias} ON ${group.map((name) => `${alias}.${name} = m.${name}`).join(' AND ')}`,
  )
  return { ctes, group, from: `merged AS m${joins.join('')}${alive}`, measures }
}

/** Slots with the presented keys beside the state keys. */
function boundSql(
  plan: ViewSql,
  dialect: SqlDialect,
  { slots, joined, asOf, isParameter }: MergedFrom,
): string {
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
  const keys = layout.keys.map((key) => printExpr(key.expr, dialect, scope))
  // A key that a lookup leaves without a value: the group is not shown.
  const skips = layout.keys
    .flatMap((key) => skipsOf(key.expr))
    .map((expr) => `${printExpr(expr, dialect, scope)} IS NOT NULL`)
  const wanted = joined?.where(new Map(layout.keys.map(({ name }, n) => [name, keys[n] ?? 'NULL']))) ?? []
  const conditions = [...skips, ...wanted]
  const where = conditions.length === 0 ? '' : `\nWHERE ${conditions.join(' AND ')}`
  const cells = layout.cells.flatMap((cell) => cell.columns.map(({ name }) => name))
  const kept = [...layout.stateKeys.map(({ column }) => column), '_grain', '_tile', ...cells]
  const columns = [
    ...(joined === undefined
      ? ['s._bucket AS _bucket']
      : [`${joined.start} AS _bucket`, 's._bucket AS _window']),
    ...keys.map((sql, n) => `${sql} AS key${n}`),
    ...kept.map((name) => `s.${name} AS ${name}`),
    ...(isParameter === true ? [`${asOf} AS _asked`] : []),
  ]
  return `SELECT ${columns.join(', ')}\nFROM ${slots} AS s ${joins.text()}${where}`
}
