import { parseExact } from '@tidewater/base'
import type { Expr } from '../node.ts'
import { SUM_DIGITS, scaleOf } from '../type.ts'
import type { Type } from '../type.ts'
import type { Printing } from './printing.ts'
import { printExact } from './print-literal.ts'

export function printIsIn(arg: Expr, values: readonly string[], { dialect, print }: Printing): string {
  if (values.length === 0) return `CASE WHEN ${print(arg)} IS NOT NULL THEN FALSE END`
  return `(${print(arg)} IN (${values.map((value) => dialect.text(value)).join(', ')}))`
}

/** A text without a weight is 0; NULL stays NULL, since it equals nothing and is no known text. */
export function printWeigh(
  arg: Expr,
  weights: Readonly<Record<string, string>>,
  type: Type,
  { dialect, print }: Printing,
): string {
  const branches = (x: string): string[] =>
    Object.entries(weights).map(([text, weight]) => {
      const exact = parseExact(weight, scaleOf(type), SUM_DIGITS)
      if (exact === null)
        throw new Error(`the weight '${weight}' of '${text}' does not fit scale ${scaleOf(type)}`)
      return `WHEN ${x} = ${dialect.text(text)} THEN ${printExact(exact, type, dialect)}`
    })
  return dialect.bind(
    print(arg),
    (x) => `CASE ${branches(x).join(' ')} WHEN ${x} IS NOT NULL THEN ${printExact(0, type, dialect)} END`,
  )
}
