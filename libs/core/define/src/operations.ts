import type { Binary, CalendarUnit, Expr, Type, Unary } from '@tidewater/expr'
import { didYouMean } from '@tidewater/base'
import { decimalText, exactTypeOf, numberLiteral } from './literal.ts'
import { mistake } from './mistake.ts'
import type { Family, Node } from './node.ts'
import { condition, known, operand, inWords } from './operand.ts'
import type { Scope } from './value.ts'
import { eitherType, productType, roundedType, sumType } from './width.ts'

/** What a method of a value makes of its arguments. */
export type Operation = (self: Node, args: readonly unknown[], name: string) => Expr

type TypeRule = (a: Type, b: Type, scope: Scope) => Type

const BOOLEAN: Type = { kind: 'boolean' }
const NUMBER: Type = { kind: 'number' }

const binary =
  (op: Binary, typeOf: TypeRule): Operation =>
  (self, args, name) => {
    const other = operand(self, name, args[0])
    const type = typeOf(self.expr.type, other.type, self.scope)
    const optional = op === 'dividedBy' || self.expr.optional || other.optional
    return { op, type, optional, args: [self.expr, other] }
  }

/** Compares two values; both must fit one type. */
const compare = (op: Binary): Operation =>
  binary(op, (a, b, scope) => {
    if (a.kind === 'int' || a.kind === 'decimal') eitherType(a, b, scope)
    return BOOLEAN
  })

const unary =
  (op: Unary, type: Type | null): Operation =>
  (self) => ({ op, type: type ?? self.expr.type, optional: self.expr.optional, args: [self.expr] })

const known01 =
  (op: 'isMissing' | 'isKnown'): Operation =>
  (self) => ({ op, type: BOOLEAN, optional: false, args: [self.expr] })

const onlyIf: Operation = (self, args, name) => ({
  op: 'onlyIf',
  type: self.expr.type,
  optional: true,
  args: [self.expr, condition(self, name, args[0])],
})

const orElse =
  (typeOf: TypeRule): Operation =>
  (self, args, name) => {
    const other = operand(self, name, args[0])
    return {
      op: 'orElse',
      type: typeOf(self.expr.type, other.type, self.scope),
      optional: other.optional,
      args: [self.expr, other],
    }
  }

const orSkip: Operation = (self) => {
  if (self.scope === 'measure')
    throw mistake("'orSkip' is for keys", 'a measure may be missing; .orElse(value) ends that')
  return { op: 'orSkip', type: self.expr.type, optional: false, args: [self.expr] }
}

const bound = (self: Node, name: string, value: unknown): Expr => {
  if (typeof value !== 'number') throw mistake(`'${name}' takes a plain number, not ${inWords(value)}`)
  return numberLiteral(value, self.expr.type)
}

const clamp: Operation = (self, args, name) => {
  const low = bound(self, name, args[0])
  const high = bound(self, name, args[1])
  if (Number(args[0]) > Number(args[1]))
    throw mistake(`'clamp' takes the low bound first: ${String(args[0])} is above ${String(args[1])}`)
  const type = eitherType(eitherType(self.expr.type, low.type, self.scope), high.type, self.scope)
  return { op: 'clamp', type, optional: self.expr.optional, args: [self.expr, low, high] }
}

const cap: Operation = (self, args, name) => {
  const high = bound(self, name, args[0])
  const type = eitherType(self.expr.type, high.type, self.scope)
  return { op: 'clamp', type, optional: self.expr.optional, args: [self.expr, null, high] }
}

const round: Operation = (self, args) => {
  const digits = args[0]
  if (typeof digits !== 'number' || !Number.isInteger(digits) || digits < 0 || digits > 12) {
    throw mistake(`'round' takes 0 to 12 digits after the point, not ${inWords(digits)}`)
  }
  if (self.scope === 'event')
    throw mistake(
      "'round' is for measures: engines round differently, and state must not",
      'round the measure instead',
    )
  return {
    op: 'round',
    digits,
    type: roundedType(self.expr.type, digits),
    optional: self.expr.optional,
    args: [self.expr],
  }
}

const isIn: Operation = (self, args) => {
  if (args.length === 0) throw mistake("'isIn' takes at least one text")
  return {
    op: 'isIn',
    values: args.map((v) => known(self, v)),
    type: BOOLEAN,
    optional: self.expr.optional,
    args: [self.expr],
  }
}

const weigh: Operation = (self, args) => {
  const table = args[0]
  if (typeof table !== 'object' || table === null)
    throw mistake(`'weigh' takes a table such as { click: 0.3 }, not ${inWords(table)}`)
  const weights: Record<string, string> = {}
  let scale = 0
  let before = 1
  for (const [key, weight] of Object.entries(table)) {
    if (typeof weight !== 'number')
      throw mistake(`the weight of '${key}' is ${inWords(weight)}, not a number`)
    const text = decimalText(weight)
    const type = exactTypeOf(text)
    const digitsAfter = type.kind === 'decimal' ? type.scale : 0
    scale = Math.max(scale, digitsAfter)
    before = Math.max(before, type.digits - digitsAfter)
    weights[known(self, key)] = text
  }
  const type: Type = { kind: 'decimal', digits: before + scale, scale }
  return { op: 'weigh', weights, type, optional: self.expr.optional, args: [self.expr] }
}

export const CALENDAR_UNITS: readonly CalendarUnit[] = ['hour', 'day', 'week', 'month', 'quarter', 'year']

/** A calendar unit, or a sentence. */
export const calendarUnit = (unit: unknown): CalendarUnit => {
  const found = CALENDAR_UNITS.find((u) => u === unit)
  if (found !== undefined) return found
  throw mistake(
    `there is no unit ${inWords(unit)}${didYouMean(String(unit), CALENDAR_UNITS)}: use ${CALENDAR_UNITS.join(', ')}`,
  )
}

const startOf: Operation = (self, args) => ({
  op: 'startOf',
  unit: calendarUnit(args[0]),
  type: { kind: 'instant' },
  optional: self.expr.optional,
  args: [self.expr],
})

const secondsAgo: Operation = (self, args, name) => {
  if (self.scope === 'event') throw mistake("'secondsAgo' is for measures", 'write latest(e.at).secondsAgo()')
  return unary('secondsAgo', NUMBER)(self, args, name)
}

const same: TypeRule = (a) => a
const always = { isMissing: known01('isMissing'), isKnown: known01('isKnown'), onlyIf, orSkip }

/** Every method, by the family of the value it is called on. */
export const OPERATIONS: Readonly<Record<Family, Readonly<Record<string, Operation>>>> = {
  number: {
    ...always,
    plus: binary('plus', sumType),
    minus: binary('minus', sumType),
    times: binary('times', productType),
    dividedBy: binary('dividedBy', () => NUMBER),
    abs: unary('abs', null),
    // Missing at −1 and below, where there is no logarithm.
    log1p: (self) => ({ op: 'log1p', type: NUMBER, optional: true, args: [self.expr] }),
    round,
    clamp,
    cap,
    is: compare('is'),
    above: compare('above'),
    below: compare('below'),
    atLeast: compare('atLeast'),
    atMost: compare('atMost'),
    orElse: orElse(eitherType),
  },
  text: {
    ...always,
    is: compare('is'),
    isIn,
    weigh,
    lower: unary('lower', { kind: 'text' }),
    orElse: orElse(same),
  },
  condition: {
    ...always,
    and: binary('and', same),
    or: binary('or', same),
    not: unary('not', null),
    is: compare('is'),
    orElse: orElse(same),
  },
  // A list is answered as it is.
  list: {},
  instant: { ...always, hourOfDay: unary('hourOfDay', { kind: 'int', digits: 2 }), startOf, secondsAgo },
}
