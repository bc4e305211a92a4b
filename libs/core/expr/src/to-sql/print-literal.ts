import type { Scalar } from '../node.ts'
import { SUM_DIGITS, isExact, scaleOf } from '../type.ts'
import type { Type } from '../type.ts'
import { parseExact } from '@tidewater/base'
import type { Exact } from '@tidewater/base'
import type { SqlDialect } from './dialect.ts'

/** An exact value (already scaled) as an integer of the width of its type. */
export const printExact = (value: Exact, type: Type, dialect: SqlDialect): string =>
  `CAST('${String(value)}' AS ${dialect.cellType(type)})`

/** A value that is there, in cell form. */
export const printValue = (value: Exclude<Scalar, null>, type: Type, dialect: SqlDialect): string => {
  if (typeof value === 'string') return dialect.text(value)
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  return type.kind === 'number' ? dialect.double(Number(value)) : printExact(value, type, dialect)
}

/** Exact literals are decimal text; the others are JavaScript values. Throws on text that is no number of its type. */
export function printLiteral(value: string | number | boolean, type: Type, dialect: SqlDialect): string {
  if (isExact(type)) {
    const exact = parseExact(String(value), scaleOf(type), SUM_DIGITS)
    if (exact === null) throw new Error(`'${String(value)}' is no ${type.kind} of scale ${scaleOf(type)}`)
    return printExact(exact, type, dialect)
  }
  if (type.kind === 'number') return dialect.double(Number(value))
  if (type.kind === 'boolean') return value === true ? 'TRUE' : 'FALSE'
  if (type.kind === 'instant') return printExact(Number(value), type, dialect)
  return dialect.text(String(value))
}
