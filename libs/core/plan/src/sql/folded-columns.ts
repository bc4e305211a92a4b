import { aggregateOf } from '@tidewater/aggregates'
import type { SqlDialect } from '@tidewater/expr'
import type { Layout } from '../layout-types.ts'
import { columnTypeOf } from './slot-columns.ts'

/** Whether rows of the slots relation can be merged to one of their own kind by an aggregate of each column. */
export const isFoldable = ({ grains }: Layout): boolean => grains.every(({ kind }) => kind !== 'rows')

/** `aggregate AS column` of every cell, over rows `s` of one grain and tile: again a row of slots (semantics L2). */
export const foldedColumns = (layout: Layout, dialect: SqlDialect): readonly string[] =>
  layout.cells.flatMap((cell) => {
    const aggregate = aggregateOf(cell.call)
    if (aggregate.keeps === 'rows') throw new Error(`${cell.call.fn} keeps rows of its own`)
    const names = cell.columns.map(({ name }) => name)
    const merged = aggregate.sql(cell.call, names, dialect).merge(`s._grain = ${cell.grain}`)
    return cell.columns.map((column, n) =>
      column.list
        ? `${merged[n]} AS ${column.name}`
        : `CAST(${merged[n]} AS ${columnTypeOf(column, dialect)}) AS ${column.name}`,
    )
  })
