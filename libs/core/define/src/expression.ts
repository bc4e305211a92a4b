import { AGGREGATES, INT, aggregateOf } from '@tidewater/aggregates'
import type { Aggregate } from '@tidewater/aggregates'
import { didYouMean } from '@tidewater/base'
import type { AggregateCall, Expr } from '@tidewater/expr'
import { describe } from './describe.ts'
import { mistake } from './mistake.ts'
import { familyOf, valueFor } from './node.ts'
import type { Node, Window } from './node.ts'
import { durationMs, familyName } from './operand.ts'
import { OPERATIONS } from './operations.ts'
import { optionsOf } from './options.ts'
import type { Scope } from './value.ts'

/** The value an author sees for an expression. */
export const expression = <T>(expr: Expr, scope: Scope): T =>
  valueFor<T>({ expr, scope, within: null }, methodOf)

/** The value for a fresh aggregate, given by its window: `.last` and `.previous` may follow. */
export const aggregateValue = <T>(within: (window: Window | null) => Expr): T =>
  valueFor<T>({ expr: within(null), scope: 'measure', within }, methodOf)

const WINDOWS = ['last', 'previous']

const methodOf = (node: Node, name: string): ((...args: unknown[]) => unknown) => {
  if (WINDOWS.includes(name)) return windowed(node, name === 'last' ? 'last' : 'previous')
  const made = madeBy(node, name)
  if (made !== null) return made
  const methods = OPERATIONS[familyOf(node.expr.type)]
  const operation = Object.hasOwn(methods, name) ? methods[name] : undefined
  if (operation !== undefined) return (...args) => expression(operation(node, args, name), node.scope)
  if (name === 'valueOf' || name === 'toString' || name === 'toJSON') {
    throw mistake(
      `${describe(node.expr)} stands for a value that is known later, so + - * / < > and templates cannot use it`,
      'write .plus(…), .times(…), .above(…)',
    )
  }
  const names = [...Object.keys(methods), ...(node.within === null ? [] : WINDOWS)]
  throw mistake(
    `${describe(node.expr)} is ${familyName(familyOf(node.expr.type))} and has no '${name}'${didYouMean(name, names)}`,
  )
}

const windowed =
  (node: Node, kind: 'last' | 'previous') =>
  (duration: unknown): unknown => {
    const { expr, within } = node
    if (within === null) {
      const told = describe(expr)
      if (expr.op === 'aggregate' && expr.call.window !== null)
        throw mistake(
          `${told} already has a window: .${kind}(…) cannot follow`,
          'give each aggregate one window',
        )
      throw mistake(
        `.${kind}(…) goes on an aggregate, before arithmetic, not on ${told}`,
        `write count().${kind}(minutes(1)).dividedBy(2)`,
      )
    }
    return expression(within({ kind, ms: durationMs(duration, kind) }), 'measure')
  }

/** The aggregate that a method makes of a fresh one, `sum(x).decaying({ halfLife })`; null where there is none. */
const madeBy = ({ expr, within }: Node, name: string): ((options: unknown) => unknown) | null => {
  if (within === null || expr.op !== 'aggregate') return null
  const { fn, arg } = expr.call
  const found = Object.entries(AGGREGATES).find(
    ([, { method }]: [string, Aggregate]) => method?.of === fn && method.name === name,
  )
  if (found === undefined) return null
  const [made, { refuses }] = found as [string, Aggregate]
  return (given) => {
    const { halfLife } = optionsOf(name, given, ['halfLife'])
    const options = { halfLife: { ms: durationMs(halfLife, 'halfLife') } }
    const refusal = refuses?.(arg?.type ?? INT, describe(arg ?? expr), options) ?? null
    if (refusal !== null) throw mistake(refusal.wrong, refusal.cure)
    return aggregateValue((window) => remade(window === null ? expr : within(window), made, options))
  }
}

const remade = (expr: Expr, fn: string, options: AggregateCall['options']): Expr => {
  if (expr.op !== 'aggregate') return expr
  const call = { ...expr.call, fn, options }
  return { op: 'aggregate', call, ...aggregateOf(call).answer(call.arg?.type ?? null, null) }
}
