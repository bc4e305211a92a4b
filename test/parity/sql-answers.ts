import type { SqlDialect } from '@tidewater/expr'
import { liveViewSql, mergedSlotsSql, presentSql, slotRowOf, slotsSql } from '@tidewater/plan'
import type { Layout, SlotRow, ViewSql } from '@tidewater/plan'
import type { SqlEngine, SqlRow } from '@tidewater/ports'
import { snakeCase } from 'tidewater'
import type { Answer, AnswerRow } from './answer.ts'
import { cleanTableOf, slotsTableOf, storeOf, tableRelationOf } from './load-case.ts'
import { definitionSeedOf, firstPartitionOf } from './random-case.ts'
import type { Case } from './random-case.ts'

export interface SqlAnswers {
  /** Slots of the whole log presented. */
  readonly whole: Answer
  /** Slots below the cut and beyond it, merged and presented; null: not asked of this definition. */
  readonly halves: Answer | null
  /** Slot rows of the whole log. */
  readonly slots: readonly SlotRow[]
  /** Slot rows of the log below the cut, with those beyond it added: what a generation makes of the one before. */
  readonly added: readonly SlotRow[]
}

interface Warehouse {
  readonly engine: SqlEngine
  readonly dialect: SqlDialect
  /** May plant a fault in the text of each statement. */
  readonly change: (sql: string) => string
}

/** What one engine says about cases of one definition, in their order. */
export async function sqlAnswers(
  warehouse: Warehouse,
  twins: readonly Case[],
  layout: Layout,
): Promise<SqlAnswers[]> {
  const { engine, dialect, change } = warehouse
  const [one] = twins
  if (one === undefined) return []
  const plan: ViewSql = {
    layout,
    view: one.view,
    event: one.schema.event,
    tables: new Map([[one.schema.table.name, one.schema.table]]),
    tableRelation: () => tableRelationOf(one.schema),
  }
  const all = await storeSlots(warehouse, plan, one, 'slots', '')
  const parts = [
    await storeSlots(warehouse, plan, one, 'below', ` AND _offset < ${one.cut}`),
    await storeSlots(warehouse, plan, one, 'tail', ` AND _offset >= ${one.cut}`),
  ] as const
  const halves = halvesOf(dialect, plan, twins, parts)
  const names = columnNames(one)
    .map((name) => dialect.identifier(name))
    .join(', ')
  const ways = [...twins.map((twin) => wholeSql(plan, dialect, twin, all)), ...halves]
  const tagged = ways.map((sql, n) => `SELECT ${n} AS _way, ${names} FROM (${sql}) AS w${n}`)
  const both = `(${parts.map((part) => `SELECT * FROM ${part}`).join(' UNION ALL ')})`
  const [presented, rows, added] = await Promise.all([
    engine.query(change(tagged.join('\nUNION ALL\n'))),
    engine.query(`SELECT * FROM ${all}`),
    engine.query(change(mergedSlotsSql(plan, dialect, both))),
  ])
  const way = (n: number): AnswerRow[] => presented.filter((row) => row['_way'] === n).map(withoutWay)
  const ownSlots = (rows: readonly SqlRow[], twin: Case): readonly SlotRow[] =>
    rows
      .map((row) => slotRowOf(layout, row))
      .filter(({ partition }) => Math.floor(partition / 10) * 10 === firstPartitionOf(twin.seed))
  return twins.map((twin, n) => ({
    whole: { by: `${dialect.name}, whole log`, rows: way(n) },
    halves:
      halves.length === 0 ? null : { by: `${dialect.name}, halves merged`, rows: way(twins.length + n) },
    slots: ownSlots(rows, twin),
    added: ownSlots(added, twin),
  }))
}

/**
 * Statements that merge both halves of each log. Planning is what a case costs, so of eight definitions three merge
 * stored halves and one asks the live view, which computes the tail's slots itself.
 */
function halvesOf(
  dialect: SqlDialect,
  plan: ViewSql,
  twins: readonly Case[],
  [below, tail]: readonly [string, string],
): string[] {
  const [one] = twins
  const kind = one === undefined ? 0 : definitionSeedOf(one.seed) % 8
  if (one === undefined || kind % 2 === 0) return []
  return kind === 7
    ? twins.map((twin) => liveSql(plan, dialect, { ...twin, cut: one.cut }, below))
    : twins.map((twin) => halvesSql(plan, dialect, twin, [below, tail]))
}

const ownPartitions = ({ seed }: Case): string =>
  `_partition BETWEEN ${firstPartitionOf(seed)} AND ${firstPartitionOf(seed) + 9}`

/** Slots of both twins' logs, which lie in partitions of their own. */
async function storeSlots(
  { engine, dialect, change }: Warehouse,
  plan: ViewSql,
  one: Case,
  name: string,
  more: string,
): Promise<string> {
  const table = slotsTableOf(one.schema, `${name}_${definitionSeedOf(one.seed)}`)
  const first = firstPartitionOf(one.seed - (one.seed % 2))
  const source = `(SELECT * FROM ${cleanTableOf(one.schema)} WHERE _partition BETWEEN ${first} AND ${first + 19}${more})`
  const newest = one.newest === null ? null : String(one.newest)
  await engine.execute(
    change(`CREATE TABLE ${table}${storeOf(dialect)} AS ${slotsSql(plan, dialect, { source, newest })}`),
  )
  return table
}

const wholeSql = (plan: ViewSql, dialect: SqlDialect, one: Case, slots: string): string =>
  presentSql(plan, dialect, {
    slots: `(SELECT * FROM ${slots} WHERE ${ownPartitions(one)})`,
    asOf: String(one.asOf),
  })

const halvesSql = (plan: ViewSql, dialect: SqlDialect, one: Case, parts: readonly string[]): string => {
  const slots = parts.map((part) => `SELECT * FROM ${part} WHERE ${ownPartitions(one)}`).join(' UNION ALL ')
  return presentSql(plan, dialect, { slots: `(${slots})`, asOf: String(one.asOf) })
}

/** The SQL view itself: the tail's slots are computed in the statement. */
const liveSql = (plan: ViewSql, dialect: SqlDialect, one: Case, below: string): string =>
  liveViewSql(plan, dialect, {
    slots: `(SELECT * FROM ${below} WHERE ${ownPartitions(one)}) AS b`,
    raw: `(SELECT *, 0 AS _dup FROM ${cleanTableOf(one.schema)} WHERE ${ownPartitions(one)}) AS r`,
    cut: new Map(Array.from({ length: 10 }, (_, n) => [firstPartitionOf(one.seed) + n, one.cut])),
    generation: 1,
    asOf: String(one.asOf),
  })

const columnNames = ({ view }: Case): string[] => [
  ...(view.window === null ? [] : ['window_start', 'window_end']),
  ...[...view.keys, ...view.measures].map(({ name }) => snakeCase(name)),
]

const withoutWay = (row: SqlRow): AnswerRow => {
  const { _way, ...rest } = row
  return rest as AnswerRow
}
