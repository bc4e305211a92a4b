import { powerOfTen } from '@tidewater/base'
import type { Expr } from '../node.ts'
import { isExact, scaleOf } from '../type.ts'
import type { Type } from '../type.ts'
import { convertCell } from './print-conversion.ts'
import type { Printing } from './printing.ts'

/** Half away from zero; the engines' own `round` does that neither for all types nor alike. */
export function printRound(arg: Expr, digits: number, type: Type, { dialect, print }: Printing): string {
  if (!isExact(arg.type)) {
    if (arg.type.kind !== 'number') throw new Error(`round of ${arg.type.kind}`)
    const rounded = (x: string): string =>
      `(sign(${x}) * floor(abs(${x}) * 1e${digits} + 0.5e0) / 1e${digits})`
    return dialect.finite(dialect.bind(print(arg), rounded))
  }
  const drop = scaleOf(arg.type) - digits
  if (drop <= 0) return print(arg)
  const half = String(BigInt(powerOfTen(drop)) / 2n)
  // Cut to half units first, then to whole ones: no sum that could overflow.
  const whole = (x: string): string =>
    dialect.integerDivide(`(${dialect.integerDivide(x, half)} + CASE WHEN ${x} < 0 THEN -1 ELSE 1 END)`, '2')
  const atDigits: Type = { kind: 'decimal', digits: arg.type.digits, scale: digits }
  return convertCell(dialect.bind(print(arg), whole), atDigits, type, dialect)
}
