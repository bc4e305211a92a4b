import type { Plain } from '@tidewater/aggregates'
import { floorDiv } from '@tidewater/base'
import type { AggregateCall, Expr, Type, Scalar, Value } from '@tidewater/expr'
import { scaleOf } from '@tidewater/expr'

/**
 * What the meaning of an expression depends on. It is written down a second time here, slowly and plainly: exact numbers are
 * bigints at their type's scale, nothing is compiled, nothing is shared with the compiler but the node types.
 */
export interface Env {
  field(name: string): Plain
  aggregate(call: AggregateCall): Plain
  readonly asOf: number
  readonly tables: ReadonlyMap<string, ReadonlyMap<string, Readonly<Record<string, Value>>>>
}

const exact = (type: Type): boolean => type.kind === 'int' || type.kind === 'decimal'

/** A run-time value as the oracle holds it. */
export const plainOf = (value: Value, type: Type): Plain =>
  value !== null && exact(type) ? BigInt(value as number) : value

/** As the machine answers it: a bigint only beyond 2^53. */
export const valueOf = (plain: Plain): Value =>
  Array.isArray(plain) ? (plain as readonly Plain[]).map((item) => itemOf(item)) : scalarOf(plain as Scalar)

const itemOf = (item: Plain): never =>
  (Array.isArray(item) ? [item[0], scalarOf(item[1] as Scalar)] : scalarOf(item as Scalar)) as never

const scalarOf = (plain: Scalar): Scalar =>
  typeof plain === 'bigint' && plain >= -9007199254740991n && plain <= 9007199254740991n
    ? Number(plain)
    : plain

const tenTo = (n: number): bigint => 10n ** BigInt(n)

/** Half away from zero. */
const divideRounding = (x: bigint, by: bigint): bigint => {
  const magnitude = ((x < 0n ? -x : x) * 2n + by) / (by * 2n)
  return x < 0n ? -magnitude : magnitude
}

const rescale = (x: bigint, from: number, to: number): bigint =>
  to >= from ? x * tenTo(to - from) : divideRounding(x, tenTo(from - to))

const decimalDigits = (x: bigint, scale: number): string => {
  const digits = String(x < 0n ? -x : x).padStart(scale + 1, '0')
  const point = digits.length - scale
  return `${x < 0n ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}0`
}

const to = (value: Plain, from: Type, type: Type): Plain => {
  if (typeof value !== 'bigint' || value === null) return value
  if (exact(type)) return rescale(value, scaleOf(from), scaleOf(type))
  return type.kind === 'number' ? Number(decimalDigits(value, scaleOf(from))) : value
}

const literal = (value: string | number | boolean, type: Type): Plain => {
  if (!exact(type)) return type.kind === 'number' ? Number(value) : value
  const [, sign, whole = '', part = ''] = /^(-?)(\d*)\.?(\d*)$/.exec(String(value)) ?? []
  const digits = BigInt(whole + part.padEnd(scaleOf(type), '0').slice(0, scaleOf(type)))
  return sign === '-' ? -digits : digits
}

const finite = (x: number): number | null => (Number.isFinite(x) ? x : null)
const wider = (a: Type, b: Type): Type => {
  if (a.kind === 'number' || b.kind === 'number') return { kind: 'number' }
  return exact(a) && exact(b) ? { kind: 'decimal', digits: 38, scale: Math.max(scaleOf(a), scaleOf(b)) } : a
}

const COMPARE: Readonly<
  Record<'is' | 'above' | 'below' | 'atLeast' | 'atMost', (a: Plain, b: Plain) => boolean>
> = {
  is: (a, b) => a === b,
  above: (a, b) => a! > b!,
  below: (a, b) => a! < b!,
  atLeast: (a, b) => a! >= b!,
  atMost: (a, b) => a! <= b!,
}

const UNIT_MONTHS: Readonly<Record<string, number>> = { month: 1, quarter: 3, year: 12 }

/** Steps back day by day until the unit begins. */
const startOf = (unit: string, ms: number): number => {
  const hour = 3_600_000
  if (unit === 'hour') return floorDiv(ms, hour) * hour
  const day = new Date(floorDiv(ms, 24 * hour) * 24 * hour)
  const begins = (): boolean => {
    if (unit === 'day') return true
    if (unit === 'week') return day.getUTCDay() === 1
    return day.getUTCDate() === 1 && day.getUTCMonth() % UNIT_MONTHS[unit]! === 0
  }
  while (!begins()) day.setTime(day.getTime() - 24 * hour)
  return day.getTime()
}

export const evaluate = (expr: Expr, env: Env): Plain => {
  const of = (operand: Expr): Plain => evaluate(operand, env)
  const as = (operand: Expr, type: Type): Plain => to(of(operand), operand.type, type)
  switch (expr.op) {
    case 'field':
      return env.field(expr.name)
    case 'literal':
      return literal(expr.value, expr.type)
    case 'aggregate':
      return env.aggregate(expr.call)
    case 'lookup':
      return plainOf(
        env.tables.get(expr.table)?.get(of(expr.args[0]) as string)?.[expr.field] ?? null,
        expr.type,
      )
    case 'clamp': {
      const [x, low, high] = expr.args.map((arg) => (arg === null ? null : as(arg, expr.type)))
      if (x === null || high === null || (expr.args[1] !== null && low === null)) return null
      if (low !== null && x! < low!) return low!
      return x! > high! ? high! : x!
    }
    case 'isIn': {
      const x = of(expr.args[0])
      return x === null ? null : expr.values.includes(x as string)
    }
    case 'weigh': {
      const x = of(expr.args[0])
      return x === null ? null : literal(expr.weights[x as string] ?? '0', expr.type)
    }
    case 'and':
    case 'or': {
      const decides = expr.op === 'or'
      const both = expr.args.map(of)
      return both.includes(decides) ? decides : both.includes(null) ? null : !decides
    }
    case 'orElse':
      return as(expr.args[0], expr.type) ?? as(expr.args[1], expr.type)
    case 'onlyIf':
      return of(expr.args[1]) === true ? as(expr.args[0], expr.type) : null
    case 'isMissing':
      return of(expr.args[0]) === null
    case 'isKnown':
      return of(expr.args[0]) !== null
    case 'orSkip':
      return of(expr.args[0])
    case 'is':
    case 'above':
    case 'below':
    case 'atLeast':
    case 'atMost':
    case 'plus':
    case 'minus':
    case 'times':
    case 'dividedBy':
    case 'greatest':
    case 'least':
    case 'abs':
    case 'not':
    case 'log1p':
    case 'lower':
    case 'hourOfDay':
    case 'secondsAgo':
    case 'startOf':
    case 'round':
      return strict(expr, expr.args as readonly Expr[], env, as)
  }
}

/** Operations that are missing when an operand is. */
const strict = (
  expr: Expr,
  args: readonly Expr[],
  env: Env,
  as: (operand: Expr, type: Type) => Plain,
): Plain => {
  const [a, b] = args as readonly [Expr, Expr | undefined]
  const number: Type = { kind: 'number' }
  const type =
    b === undefined
      ? a.type
      : expr.op in COMPARE
        ? wider(a.type, b.type)
        : expr.op === 'dividedBy'
          ? number
          : expr.type
  const own = expr.op === 'times' && exact(expr.type)
  const x = as(a, own ? a.type : expr.op === 'log1p' ? number : type)
  const y = b === undefined ? x : as(b, own ? b.type : type)
  if (x === null || y === null) return null
  switch (expr.op) {
    case 'is':
    case 'above':
    case 'below':
    case 'atLeast':
    case 'atMost':
      return COMPARE[expr.op](x, y)
    case 'plus':
      return typeof x === 'bigint' ? x + (y as bigint) : finite((x as number) + (y as number))
    case 'minus':
      return typeof x === 'bigint' ? x - (y as bigint) : finite((x as number) - (y as number))
    case 'times':
      if (typeof x !== 'bigint') return finite((x as number) * (y as number))
      return rescale(x * (y as bigint), scaleOf(a.type) + scaleOf(b!.type), scaleOf(expr.type))
    case 'dividedBy':
      return y === 0 ? null : finite((x as number) / (y as number))
    case 'greatest':
      return x > y ? x : y
    case 'least':
      return x < y ? x : y
    case 'abs':
      return (x as number) < 0 ? -x : x
    case 'not':
      return !x
    case 'log1p':
      return (x as number) > -1 ? finite(Math.log1p(x as number)) : null
    case 'lower':
      return [...(x as string)].map((c) => (c >= 'A' && c <= 'Z' ? c.toLowerCase() : c)).join('')
    case 'hourOfDay':
      return BigInt(new Date(x as number).getUTCHours())
    case 'secondsAgo':
      return (env.asOf - (x as number)) / 1000
    case 'startOf':
      return startOf(expr.unit, x as number)
    case 'round': {
      if (typeof x === 'bigint') {
        const scale = scaleOf(a.type)
        return expr.digits >= scale
          ? x
          : rescale(rescale(x, scale, expr.digits), expr.digits, scaleOf(expr.type))
      }
      const power = 10 ** expr.digits
      return (Math.sign(x as number) * Math.floor(Math.abs(x as number) * power + 0.5)) / power
    }
    case 'field':
    case 'literal':
    case 'aggregate':
    case 'lookup':
    case 'clamp':
    case 'isIn':
    case 'weigh':
    case 'and':
    case 'or':
    case 'orElse':
    case 'onlyIf':
    case 'isMissing':
    case 'isKnown':
    case 'orSkip':
      throw new Error(`${expr.op} has a rule of its own about missing operands`)
  }
}
