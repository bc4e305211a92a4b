import type { Expr, SqlDialect } from '@tidewater/expr'
import { isExact } from '@tidewater/expr'
import type { Cell } from '../layout-types.ts'
import { aggregateSqlOf } from './aggregate-sql.ts'
import { offsetSql } from './place-sql.ts'

type Slots = Readonly<Record<string, string>>

const and = (...conditions: readonly (string | null)[]): string | null => {
  const all = conditions.filter((condition) => condition !== null)
  return all.length === 0 ? null : all.join(' AND ')
}

/** The columns of a total or tile cell, by name, from source rows `s`; `column` names an argument or filter. */
export function addedSql(cell: Cell, dialect: SqlDialect, column: (expr: Expr) => string): Slots {
  const sql = aggregateSqlOf(dialect)
  const { fn, arg, where } = cell.call
  const only = where === null ? null : `coalesce(${column(where)}, FALSE)`
  const [first, second, third, fourth] = cell.columns.map(({ name }) => name)
  if (first === undefined) throw new Error(`${fn} keeps nothing`)
  if (fn === 'count')
    return { [first]: sql.count(and(only, arg === null ? null : `${column(arg)} IS NOT NULL`)) }
  if (arg === null) throw new Error(`${fn} needs an argument`)
  const x = column(arg)
  const known = arg.optional ? `${x} IS NOT NULL` : null
  const total = isExact(arg.type) ? sql.sumInteger(x, only) : sql.sumDouble(x, only)
  switch (fn) {
    case 'sum':
      return { [first]: total }
    case 'mean':
      return { [first]: total, [second!]: sql.count(and(only, known)) }
    case 'min':
      return { [first]: sql.min(x, only) }
    case 'max':
      return { [first]: sql.max(x, only) }
    case 'distinct':
      // One value more than allowed says "more than that".
      return { [first]: sql.distinct(x, (cell.call.atMost ?? 0) + 1, arg.type, only) }
    case 'latest':
    case 'earliest': {
      const chosen = and(only, arg.optional ? known : null)
      const pick = fn === 'latest' ? sql.atGreatest : sql.atLeast
      const outermost = fn === 'latest' ? sql.max : sql.min
      const [at, place] = [outermost('s._at', chosen), outermost('s._place', chosen)]
      return {
        [first]: pick(x, 's._place', chosen),
        [second!]: at,
        // Rows of one slot share their partition.
        [third!]: sql.max('s._partition', chosen),
        [fourth!]: offsetSql(dialect, place, at),
      }
    }
    case 'session':
      throw new Error('sessions have rows of their own')
  }
}

/** The columns of a cell merged over slot rows `s` that fulfil `rows`. */
export function mergedSql(cell: Cell, dialect: SqlDialect, rows: string): Slots {
  const sql = aggregateSqlOf(dialect)
  const { fn, arg } = cell.call
  const [first, second, third, fourth] = cell.columns.map(({ name }) => name)
  if (first === undefined) throw new Error(`${fn} keeps nothing`)
  const c = `s.${first}`
  if (fn === 'count') return { [first]: sql.sumCount(c, rows) }
  if (arg === null) throw new Error(`${fn} needs an argument`)
  const total = isExact(arg.type) ? sql.sumInteger(c, rows) : sql.sumDouble(c, rows)
  switch (fn) {
    case 'sum':
      return { [first]: total }
    case 'mean':
      return { [first]: total, [second!]: sql.sumCount(`s.${second}`, rows) }
    case 'min':
      return { [first]: sql.min(c, rows) }
    case 'max':
      return { [first]: sql.max(c, rows) }
    case 'distinct':
      return { [first]: sql.distinctOfLists(c, (cell.call.atMost ?? 0) + 1, arg.type, rows) }
    case 'latest':
    case 'earliest': {
      const order = `(s.${second}, s.${third}, s.${fourth})`
      const pick = fn === 'latest' ? sql.atGreatest : sql.atLeast
      return { [first]: pick(c, order, `${rows} AND s.${second} IS NOT NULL`) }
    }
    case 'session':
      throw new Error('sessions have rows of their own')
  }
}
