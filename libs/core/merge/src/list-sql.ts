import { must } from '@tidewater/base'
import type { SqlDialect, Type, Value } from '@tidewater/expr'
import { everyPart, printValue } from '@tidewater/expr'
import { foldedColumns, isFoldable, mergedView, startSql } from '@tidewater/plan'
import type { Layout, ViewSql } from '@tidewater/plan'
import type { BucketSpec } from '@tidewater/windows'
import type { ViewDefinition } from 'tidewater'
import type { Filter } from './filter.ts'
import { isTestOfSql, testSql, valueSql } from './filter-sql.ts'
import type { OrderTerm, Position } from './order.ts'

/** Groups of a generation's slots as a list asks for them: what `createRegrouper` does, in the warehouse. */
export interface JoinedRows {
  /** Windows with from <= start < to, ms. */
  readonly from: number
  readonly to: number
  /** What windows are joined to; 'all': one for all of them. */
  readonly windows: BucketSpec | 'all'
  readonly where: readonly Filter[]
  /** Null keeps all keys. */
  readonly groupBy: readonly string[] | null
  /** Starts of joined windows that are taken alone, or left out; null: all are taken. */
  readonly starts: { readonly kind: 'only' | 'without'; readonly ms: readonly number[] } | null
  /** How many rows pass `having`, and the first of them; null: all rows. */
  readonly top: TopRows | null
}

export interface TopRows {
  readonly asOf: number
  readonly having: readonly Filter[]
  readonly order: readonly OrderTerm[]
  /** Only rows that are not before this one by their order and start. */
  readonly after: Position | null
  readonly limit: number
}

/** Whether the warehouse joins the rows of such a list exactly as they are joined here. */
export const canJoinInSql = (layout: Layout, where: readonly Filter[]): boolean =>
  isFoldable(layout) &&
  layout.keys.every(({ expr }) => everyPart(expr).filter(({ op }) => op === 'field').length <= 1) &&
  where.every(({ column, test }) => isTestOfSql(typeOfKey(layout, column), test))

/** Whether these windows are the view's own. */
export const isSameSpec = (a: JoinedRows['windows'], b: BucketSpec | null): boolean =>
  JSON.stringify(a) === JSON.stringify(b)

/** Whether the warehouse orders and counts them so too. */
export const canOrderInSql = (
  view: ViewDefinition,
  layout: Layout,
  { having, order }: Pick<TopRows, 'having' | 'order'>,
): boolean =>
  having.every(({ column, test }) => isTestOfSql(typeOf(view, layout, column), test)) &&
  order.every(({ column }) => typeOf(view, layout, column).kind !== 'number')

const typeOfKey = (layout: Layout, name: string): Type =>
  must(
    layout.keys.find((key) => key.name === name),
    `key ${name}`,
  ).type

const typeOf = (view: ViewDefinition, layout: Layout, column: string): Type =>
  column === 'start'
    ? { kind: 'instant' }
    : (view.measures.find(({ name }) => name === column)?.expr.type ?? typeOfKey(layout, column))

/**
 * Rows of slots, joined, in the order of their windows. A key that is not kept has a value that one of the joined rows had;
 * where there is one window for all, it begins with the first that was joined.
 */
export const joinedRowsSql = (
  plan: ViewSql,
  dialect: SqlDialect,
  slots: string,
  rows: JoinedRows,
): string => {
  const { ctes, group, measured } = joined(plan, dialect, slots, rows)
  const { top } = rows
  const first =
    top === null
      ? []
      : [
          `first AS (\nSELECT ${group.join(', ')} FROM (${measured}) AS r WHERE ${wantedSql(plan, dialect, rows, top)}\nORDER BY ${orderSql(plan, rows, top)} LIMIT ${top.limit}\n)`,
        ]
  const only =
    top === null ? '' : ` JOIN first AS f ON ${group.map((name) => `s.${name} = f.${name}`).join(' AND ')}`
  const { layout } = plan
  const columns = [
    '0 AS _partition',
    rows.windows === 'all'
      ? `${dialect.aggregates.min('s._window', null)} AS _bucket`
      : 's._bucket AS _bucket',
    ...layout.stateKeys.map(({ column }) => `${dialect.aggregates.min(`s.${column}`, null)} AS ${column}`),
    's._grain AS _grain',
    's._tile AS _tile',
    ...foldedColumns(layout, dialect),
  ]
  const by = [...group, '_grain', '_tile'].map((name) => `s.${name}`).join(', ')
  return `WITH ${[...ctes, ...first].join(',\n')}\nSELECT ${columns.join(',\n  ')}\nFROM bound AS s${only}\nGROUP BY ${by}\nORDER BY _bucket`
}

/** `"rows"`: how many joined rows pass `having`. */
export const countRowsSql = (plan: ViewSql, dialect: SqlDialect, slots: string, rows: JoinedRows): string => {
  const { ctes, measured } = joined(plan, dialect, slots, rows)
  const having = rows.top === null ? [] : havingSql(plan, dialect, rows.top)
  const where = having.length === 0 ? '' : ` WHERE ${having.join(' AND ')}`
  return `WITH ${ctes.join(',\n')}\nSELECT CAST(count(*) AS ${dialect.cellType({ kind: 'instant' })}) AS "rows" FROM (${measured}) AS r${where}`
}

/** `bound` and what is read from it, and a SELECT of each joined row: its group and measures `v0 …`. */
const joined = (
  plan: ViewSql,
  dialect: SqlDialect,
  slots: string,
  rows: JoinedRows,
): { ctes: readonly string[]; group: readonly string[]; measured: string } => {
  const { layout } = plan
  const inRange = [`s._bucket >= ${ms(dialect, rows.from)}`, `s._bucket < ${ms(dialect, rows.to)}`]
  const start = joinedStartSql(plan, dialect, rows)
  const where = (keys: ReadonlyMap<string, string>): readonly string[] => [
    ...inRange,
    ...startsSql(dialect, start, rows.starts),
    ...rows.where.map(({ column, test }) =>
      testSql(must(keys.get(column), column), typeOfKey(layout, column), test, dialect),
    ),
  ]
  const keys = rows.groupBy ?? layout.keys.map(({ name }) => name)
  const { ctes, group, from, measures } = mergedView(plan, dialect, {
    slots,
    asOf: String(rows.top?.asOf ?? 0),
    joined: { start, keys, where },
  })
  const columns = [
    ...group.map((name) => `m.${name} AS ${name}`),
    ...[...measures.values()].map((sql, n) => `${sql} AS v${n}`),
  ]
  const measured = `SELECT ${columns.join(', ')} FROM ${from}`
  return { ctes, group, measured }
}

/** A window that is joined to no other is its own column, by which the warehouse finds it. */
const joinedStartSql = ({ view }: ViewSql, dialect: SqlDialect, { windows }: JoinedRows): string => {
  if (isSameSpec(windows, view.window)) return 's._bucket'
  const start = windows === 'all' ? '0' : startSql(windows, dialect, 's._bucket')
  return `CAST(${start} AS ${dialect.cellType({ kind: 'instant' })})`
}

const ms = (dialect: SqlDialect, instant: number): string =>
  printValue(Math.trunc(instant), { kind: 'instant' }, dialect)

const startsSql = (dialect: SqlDialect, start: string, starts: JoinedRows['starts']): readonly string[] => {
  if (starts === null) return []
  if (starts.ms.length === 0) return starts.kind === 'only' ? ['FALSE'] : []
  return [
    `${start} ${starts.kind === 'only' ? 'IN' : 'NOT IN'} (${starts.ms.map((at) => ms(dialect, at)).join(', ')})`,
  ]
}

/** The column of `measured`; null for a key that is not kept, which is missing in every row. */
const columnSql = (
  { view, layout }: ViewSql,
  { groupBy }: Pick<JoinedRows, 'groupBy'>,
  name: string,
): string | null => {
  if (name === 'start') return 'r._bucket'
  const measure = view.measures.findIndex((each) => each.name === name)
  if (measure >= 0) return `r.v${measure}`
  const key = layout.keys.findIndex((each) => each.name === name)
  return groupBy === null || groupBy.includes(name) ? `r.key${key}` : null
}

const havingSql = (plan: ViewSql, dialect: SqlDialect, { having }: TopRows): readonly string[] =>
  having.map(({ column, test }) =>
    testSql(
      must(columnSql(plan, { groupBy: null }, column), column),
      typeOf(plan.view, plan.layout, column),
      test,
      dialect,
    ),
  )

const wantedSql = (plan: ViewSql, dialect: SqlDialect, rows: JoinedRows, top: TopRows): string => {
  const wanted = [...havingSql(plan, dialect, top), ...behindSql(plan, dialect, rows, top)]
  return wanted.length === 0 ? 'TRUE' : wanted.join(' AND ')
}

/** Missing values come last in either direction, then the window's start decides, as `comparePositions` has it. */
const orderSql = (plan: ViewSql, rows: JoinedRows, { order }: TopRows): string =>
  [
    ...order.flatMap(({ column, direction }) => {
      const x = columnSql(plan, rows, column)
      return x === null ? [] : [`${x} ${direction} NULLS LAST`]
    }),
    'r._bucket ASC',
  ].join(', ')

/** Nothing before `after`; rows that differ from it in their keys alone may be. */
const behindSql = (
  plan: ViewSql,
  dialect: SqlDialect,
  rows: JoinedRows,
  { order, after }: TopRows,
): readonly string[] => {
  if (after === null) return []
  const terms = order.flatMap(({ column, direction }, n) => {
    const x = columnSql(plan, rows, column)
    const type = typeOf(plan.view, plan.layout, column)
    return x === null ? [] : [{ x, type, direction, value: after.values[n] ?? null }]
  })
  const start = {
    x: 'r._bucket',
    type: { kind: 'instant' } as Type,
    direction: 'ASC' as const,
    value: after.start,
  }
  return [[...terms, start].reduceRight((rest, term) => notBeforeSql(dialect, term, rest), 'TRUE')]
}

interface Term {
  readonly x: string
  readonly type: Type
  readonly direction: OrderTerm['direction']
  readonly value: Value
}

const notBeforeSql = (dialect: SqlDialect, { x, type, direction, value }: Term, rest: string): string => {
  if (value === null) return `(${x} IS NULL AND ${rest})`
  const cell = valueSql(value, type, dialect)
  return `(${x} ${direction === 'ASC' ? '>' : '<'} ${cell} OR ${x} IS NULL OR (${x} = ${cell} AND ${rest}))`
}
