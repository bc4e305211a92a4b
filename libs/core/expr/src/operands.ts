import type { AggregateCall, Expr } from './node.ts'

/** What stands directly in an expression; in an aggregate its argument, key and filter, which are expressions of one event. */
export const partsOf = (expr: Expr): readonly Expr[] => {
  if (expr.op === 'aggregate') return rowPartsOf(expr.call)
  if (!('args' in expr)) return []
  return (expr.args as readonly (Expr | null)[]).filter((part) => part !== null)
}

/** The expressions of one event that a call reads. */
export const rowPartsOf = ({ arg, by, where }: Omit<AggregateCall, 'window' | 'read'>): readonly Expr[] =>
  [arg, by ?? null, where].filter((part) => part !== null)

/** The expression and everything in it, outermost first: the one walk over expressions. */
export const everyPart = (expr: Expr): readonly Expr[] => [expr, ...partsOf(expr).flatMap(everyPart)]

/** Every aggregate call a measure reads, in order, repeats included. */
export const callsOf = (expr: Expr): readonly AggregateCall[] =>
  everyPart(expr).flatMap((part) => (part.op === 'aggregate' ? [part.call] : []))

/** The same node over other operands. An aggregate has none: its argument belongs to another row. */
export const mapOperands = (expr: Expr, map: (operand: Expr) => Expr): Expr => {
  if (!('args' in expr)) return expr
  const args = (expr.args as readonly (Expr | null)[]).map((arg) => (arg === null ? null : map(arg)))
  return { ...expr, args } as unknown as Expr
}
