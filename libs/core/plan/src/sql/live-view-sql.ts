import type { SqlDialect } from '@tidewater/expr'
import { isBeyondSql, type Ends } from '@tidewater/rows'
import { presentSql } from './present-sql.ts'
import { slotsSql } from './slots-sql.ts'
import { slotColumnsOf } from './slot-columns.ts'
import type { ViewSql } from './view-sql.ts'

export interface LiveView {
  /** The generation's slots relation of this view; null before the first generation. */
  readonly slots: string | null
  /** The event's raw table, with `_dup`. */
  readonly raw: string
  /** What the generation holds of this event. */
  readonly cut: Ends
  readonly generation: number
  /** Milliseconds (SQL): `toUnixTimestamp64Milli(now64(3))`, or a parameter's. */
  readonly asOf: string
}

/** A view of its newest generation and every raw row from that cut on (semantics Q1): each record on exactly one side. */
export function liveViewSql(plan: ViewSql, dialect: SqlDialect, live: LiveView): string {
  const names = slotColumnsOf(plan.layout, dialect)
    .map(({ name }) => name)
    .join(', ')
  const tail = `SELECT ${names} FROM (\n${slotsSql(plan, dialect, { source: `(SELECT * FROM ${live.raw} WHERE _dup = 0 AND ${isBeyondSql(live.cut)})` })}\n) AS tail`
  const slots = live.slots === null ? `(${tail})` : `(SELECT ${names} FROM ${live.slots} UNION ALL ${tail})`
  return presentSql(plan, dialect, {
    slots,
    asOf: live.asOf,
    extra: [
      { name: '_generation', sql: String(live.generation) },
      { name: '_as_of', sql: dialect.toColumn({ kind: 'instant' }, live.asOf) },
    ],
  })
}
