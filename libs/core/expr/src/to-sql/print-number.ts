import type { Expr } from '../node.ts'
import { SUM_DIGITS, isExact, isNumeric, scaleOf } from '../type.ts'
import type { Type } from '../type.ts'
import { asType } from './print-conversion.ts'
import type { Printing } from './printing.ts'

type Pair = readonly [Expr, Expr]

/** The narrowest type that holds either operand: what both are brought to before they are compared. */
export function commonType(a: Type, b: Type): Type {
  if (!isExact(a) || !isExact(b)) return isNumeric(a) ? { kind: 'number' } : a
  const scale = Math.max(scaleOf(a), scaleOf(b))
  const digits = Math.min(Math.max(a.digits - scaleOf(a), b.digits - scaleOf(b)) + scale, SUM_DIGITS)
  return scale === 0 ? { kind: 'int', digits } : { kind: 'decimal', digits, scale }
}

const SIGN = { plus: '+', minus: '-', times: '*' } as const

/** Exact operands are widened before the operation, so nothing is rounded and 64 bits never overflow. */
export function printArithmetic(op: keyof typeof SIGN, args: Pair, type: Type, printing: Printing): string {
  const [a, b] = args
  if (type.kind === 'number') {
    return printing.dialect.finite(`(${asType(a, type, printing)} ${SIGN[op]} ${asType(b, type, printing)})`)
  }
  if (op !== 'times') return `(${asType(a, type, printing)} ${SIGN[op]} ${asType(b, type, printing)})`
  return `(${asType(a, withScaleOf(type, a), printing)} * ${asType(b, withScaleOf(type, b), printing)})`
}

/** A product's factor keeps its own scale and takes the product's width. */
const withScaleOf = (type: Type, factor: Expr): Type =>
  isExact(type) ? { kind: 'decimal', digits: type.digits, scale: scaleOf(factor.type) } : type

const COMPARISON = { is: '=', above: '>', below: '<', atLeast: '>=', atMost: '<=' } as const

export function printCompare(op: keyof typeof COMPARISON, args: Pair, printing: Printing): string {
  const type = commonType(args[0].type, args[1].type)
  return `(${asType(args[0], type, printing)} ${COMPARISON[op]} ${asType(args[1], type, printing)})`
}

/** Missing when either is: the comparisons are then neither true, so no branch is taken. */
export function printExtreme(op: 'greatest' | 'least', args: Pair, type: Type, printing: Printing): string {
  const { bind } = printing.dialect
  const [first, second] = op === 'greatest' ? ['>=', '<'] : ['<=', '>']
  return bind(asType(args[0], type, printing), (a) =>
    bind(
      asType(args[1], type, printing),
      (b) => `CASE WHEN ${a} ${first} ${b} THEN ${a} WHEN ${a} ${second} ${b} THEN ${b} END`,
    ),
  )
}

/** Bounds are literals, so the value alone decides whether it is missing. */
export function printClamp(args: readonly [Expr, Expr | null, Expr], type: Type, printing: Printing): string {
  const [x, low, high] = args
  const bottom = low === null ? null : asType(low, type, printing)
  const top = asType(high, type, printing)
  return printing.dialect.bind(asType(x, type, printing), (value) => {
    const below = bottom === null ? '' : `WHEN ${value} < ${bottom} THEN ${bottom} `
    return `CASE ${below}WHEN ${value} > ${top} THEN ${top} ELSE ${value} END`
  })
}
