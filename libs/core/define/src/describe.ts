import { aggregateOf } from '@tidewater/aggregates'
import { formatDuration } from '@tidewater/base'
import { isBinary, isUnary } from '@tidewater/expr'
import type { AggregateCall, Expr, Option } from '@tidewater/expr'

const literal = (value: string | number | boolean, kind: string): string =>
  typeof value === 'string' && kind !== 'int' && kind !== 'decimal' ? `'${value}'` : String(value)

const optionText = (option: Option): string => {
  if (typeof option !== 'object') return literal(option, typeof option)
  return 'ms' in option ? formatDuration(option.ms) : `[${option.join(', ')}]`
}

/** An aggregate in the words it was written in. */
export const describeCall = (call: AggregateCall): string => {
  const { second, keyed, method } = aggregateOf(call)
  const parts = keyed === true ? keyedParts(call) : call.arg === null ? [] : [describe(call.arg)]
  const options = Object.entries(call.options)
  for (const [name, option] of options) if (name === second) parts.push(optionText(option))
  if (second === 'read') parts.push(String(call.read))
  if (call.where !== null) parts.push(`where: ${describe(call.where)}`)
  const own = options.flatMap(([name, option]) => (name === second ? [] : [`${name}: ${optionText(option)}`]))
  const window = call.window === null ? '' : `.${call.window.kind}(${formatDuration(call.window.ms)})`
  const read = call.read === null || second === 'read' ? '' : `.${call.read}()`
  if (method !== undefined)
    return `${method.of}(${parts.join(', ')}).${method.name}(${own.join(', ')})${window}`
  return `${call.fn}(${[...parts, ...own].join(', ')})${window}${read}`
}

const keyedParts = ({ arg, by }: AggregateCall): string[] => [
  ...(by === undefined ? [] : [describe(by)]),
  arg === null ? 'count()' : `sum(${describe(arg)})`,
]

/** An expression in the words it was written in: `sum(quantity.times(unitPrice))`. */
export const describe = (expr: Expr): string => {
  if (expr.op === 'greatest' || expr.op === 'least')
    return `${expr.op}(${expr.args.map(describe).join(', ')})`
  if (isUnary(expr) || isBinary(expr)) {
    const [self, ...others] = expr.args
    return `${describe(self)}.${expr.op}(${others.map(describe).join(', ')})`
  }
  switch (expr.op) {
    case 'field':
      return expr.name
    case 'literal':
      return literal(expr.value, expr.type.kind)
    case 'lookup':
      return `${expr.table}.of(${describe(expr.args[0])}).${expr.field}`
    case 'aggregate':
      return describeCall(expr.call)
    case 'clamp': {
      const [x, low, high] = expr.args
      return low === null
        ? `${describe(x)}.cap(${describe(high)})`
        : `${describe(x)}.clamp(${describe(low)}, ${describe(high)})`
    }
    case 'round':
      return `${describe(expr.args[0])}.round(${expr.digits})`
    case 'isIn':
      return `${describe(expr.args[0])}.isIn(${expr.values.map((v) => `'${v}'`).join(', ')})`
    case 'weigh':
      return `${describe(expr.args[0])}.weigh({ ${Object.entries(expr.weights)
        .map(([k, v]) => `${k}: ${v}`)
        .join(', ')} })`
    case 'startOf':
      return `${describe(expr.args[0])}.startOf('${expr.unit}')`
  }
}
