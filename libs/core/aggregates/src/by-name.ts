import type { AggregateFn } from '@tidewater/expr'
import type { Aggregate } from './aggregate.ts'
import type { CellCall, Column } from './column.ts'
import { count } from './count.ts'
import { distinct } from './distinct.ts'
import { earliest } from './earliest.ts'
import { latest } from './latest.ts'
import { max } from './max.ts'
import { mean } from './mean.ts'
import { min } from './min.ts'
import { sessionColumns } from './session.ts'
import { sum } from './sum.ts'

/** Every aggregate that lives in one slot list; sessions are lists of their own. */
export const AGGREGATES: Readonly<Record<Exclude<AggregateFn, 'session'>, Aggregate>> = {
  count,
  sum,
  mean,
  min,
  max,
  latest,
  earliest,
  distinct,
}

/** The columns a call keeps, the first named after `name`. */
export const columnsOf = (call: CellCall, name: string): readonly Column[] =>
  call.fn === 'session' ? sessionColumns(call, name) : AGGREGATES[call.fn].columns(call, name)
