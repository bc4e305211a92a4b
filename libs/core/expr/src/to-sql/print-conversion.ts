import { powerOfTen } from '@tidewater/base'
import type { Expr } from '../node.ts'
import { isExact, scaleOf } from '../type.ts'
import type { Type } from '../type.ts'
import { widthOf } from './dialect.ts'
import type { SqlDialect } from './dialect.ts'
import type { Printing } from './printing.ts'

/** A cell of one numeric type in the cell form of a wider one (int < decimal < number); others as they are. */
export function convertCell(cell: string, from: Type, to: Type, dialect: SqlDialect): string {
  if (!isExact(from)) return cell
  if (to.kind === 'number') return exactToDouble(cell, scaleOf(from), dialect)
  const cast = widthOf(from) === widthOf(to) ? cell : `CAST(${cell} AS ${dialect.cellType(to)})`
  const power = scaleOf(to) - scaleOf(from)
  return power === 0 ? cast : `(${cast} * CAST('${String(powerOfTen(power))}' AS ${dialect.cellType(to)}))`
}

/** The nearest double of a scaled integer. */
export const exactToDouble = (cell: string, scale: number, dialect: SqlDialect): string => {
  const double = `CAST(${cell} AS ${dialect.cellType({ kind: 'number' })})`
  return scale === 0 ? double : `(${double} / 1e${scale})`
}

export const asType = (expr: Expr, type: Type, { print, dialect }: Printing): string =>
  convertCell(print(expr), expr.type, type, dialect)

export const asDouble = (expr: Expr, printing: Printing): string => asType(expr, { kind: 'number' }, printing)
