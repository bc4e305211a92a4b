import type { Expr } from './node.ts'

/** The expressions directly below a node; none below an aggregate, whose argument belongs to another row. */
export const operandsOf = (expr: Expr): readonly Expr[] => {
  if (!('args' in expr)) return []
  return (expr.args as readonly (Expr | null)[]).filter((arg) => arg !== null)
}

/** The same node over other operands. */
export const mapOperands = (expr: Expr, map: (operand: Expr) => Expr): Expr => {
  if (!('args' in expr)) return expr
  const args = (expr.args as readonly (Expr | null)[]).map((arg) => (arg === null ? null : map(arg)))
  return { ...expr, args } as unknown as Expr
}

/** The node and everything below it, parents first; arguments and filters of aggregates are not entered. */
export const walk = (expr: Expr, visit: (node: Expr) => void): void => {
  visit(expr)
  for (const operand of operandsOf(expr)) walk(operand, visit)
}

/** Every aggregate call a measure reads, in order, repeats included. */
export const aggregatesOf = (expr: Expr): readonly Extract<Expr, { op: 'aggregate' }>[] => {
  const found: Extract<Expr, { op: 'aggregate' }>[] = []
  walk(expr, (node) => {
    if (node.op === 'aggregate') found.push(node)
  })
  return found
}
