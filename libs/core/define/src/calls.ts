import type { AggregateCall, Expr } from '@tidewater/expr'

/** The direct parts of an expression; an aggregate's argument and condition count as parts. */
export const partsOf = (expr: Expr): readonly Expr[] => {
  switch (expr.op) {
    case 'field':
    case 'literal':
      return []
    case 'aggregate':
      return [expr.call.arg, expr.call.where].filter((part) => part !== null)
    case 'clamp':
      return expr.args.filter((part) => part !== null)
    default:
      return expr.args
  }
}

/** The expression and everything in it, outermost first. */
export const everyPart = (expr: Expr): readonly Expr[] => [expr, ...partsOf(expr).flatMap(everyPart)]

export const callsOf = (expr: Expr): readonly AggregateCall[] =>
  everyPart(expr).flatMap((part) => (part.op === 'aggregate' ? [part.call] : []))
