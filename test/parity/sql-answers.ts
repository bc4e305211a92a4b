import type { SqlDialect } from '@tidewater/expr'
import { liveViewSql, presentSql, slotRowOf, slotsSql } from '@tidewater/plan'
import type { Layout, SlotRow, ViewSql } from '@tidewater/plan'
import type { SqlEngine, SqlRow } from '@tidewater/ports'
import { snakeCase } from 'tidewater'
import type { Answer, AnswerRow } from './answer.ts'
import { cleanTableOf } from './load-case.ts'
import { GROUP } from './random-case.ts'
import type { Case } from './random-case.ts'

export interface SqlAnswers {
  /** Slots of the whole log presented. */
  readonly whole: Answer
  /** Slots below the cut and the live tail beyond it, merged and presented. */
  readonly halves: Answer
  /** Slot rows of both halves. */
  readonly slots: readonly SlotRow[]
}

/** Everything one engine says about a case. `change` may plant a fault in the text of each statement. */
export async function sqlAnswers(
  engine: SqlEngine, dialect: SqlDialect, one: Case, layout: Layout, change: (sql: string) => string,
): Promise<SqlAnswers> {
  const { view, schema, cut } = one
  const plan: ViewSql = { view, event: schema.event, layout, tables: new Map([[schema.table.name, schema.table]]) }
  const first = (one.seed % GROUP) * 10
  const rows = `SELECT *, 0 AS _dup FROM ${cleanTableOf(schema)} WHERE _partition BETWEEN ${first} AND ${first + 9}`
  const newest = one.newest === null ? null : String(one.newest)
  const slots = (where: string): string => `(${slotsSql(plan, dialect, { source: `(SELECT * FROM (${rows}) AS r${where})`, newest })})`
  const below = slots(` WHERE _offset < ${cut}`)
  const whole = presentSql(plan, dialect, { slots: slots(''), asOf: String(one.asOf) })
  const halves = liveViewSql(plan, dialect, {
    slots: below,
    raw: `(${rows})`,
    cuts: Array.from({ length: 10 }, (_, n) => ({ partition: first + n, cut })),
    generation: 1,
    asOf: String(one.asOf),
  })
  const names = columnNames(one).map((name) => dialect.identifier(name)).join(', ')
  const [both, parts] = await Promise.all([
    engine.query(change(`SELECT 0 AS _way, ${names} FROM (${whole}) AS w UNION ALL SELECT 1 AS _way, ${names} FROM (${halves}) AS h`)),
    engine.query(change(`SELECT * FROM ${below} AS b UNION ALL SELECT * FROM ${slots(` WHERE _offset >= ${cut}`)} AS t`)),
  ])
  const way = (n: number): AnswerRow[] => both.filter((row) => row['_way'] === n).map(withoutWay)
  return {
    whole: { by: `${dialect.name}, whole log`, rows: way(0) },
    halves: { by: `${dialect.name}, halves merged`, rows: way(1) },
    slots: parts.map((row) => slotRowOf(layout, row)),
  }
}

const columnNames = ({ view }: Case): string[] => [
  ...(view.window === null ? [] : ['window_start', 'window_end']),
  ...[...view.keys, ...view.measures].map(({ name }) => snakeCase(name)),
]

const withoutWay = (row: SqlRow): AnswerRow => {
  const { _way, ...rest } = row
  return rest as AnswerRow
}
