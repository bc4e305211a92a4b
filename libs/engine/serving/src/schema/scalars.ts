import { PlatformError } from '@tidewater/base'
import { parsePeriod } from '@tidewater/merge'
import { GraphQLScalarType, Kind, valueFromASTUntyped } from 'graphql'
import type { GraphQLSchema, ValueNode } from 'graphql'
import { parseInstant } from '../instant.ts'

const DECIMAL = /^-?\d{1,38}(\.\d{1,38})?$/

const bad = (what: string, value: unknown, cure: string): PlatformError =>
  new PlatformError('BAD_INPUT', `${JSON.stringify(value)?.slice(0, 60) ?? 'nothing'} is no ${what}`, cure)

const text =
  (what: string, cure: string, check: (text: string) => void) =>
  (value: unknown): string => {
    if (typeof value !== 'string') throw bad(what, value, cure)
    check(value)
    return value
  }

const decimal = (value: unknown): string => {
  const written = typeof value === 'number' ? String(value) : value
  if (typeof written === 'string' && DECIMAL.test(written)) return written
  throw bad('Decimal', value, 'write "12.50"')
}

const long = (value: unknown): number => {
  const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value
  if (typeof number === 'number' && Number.isSafeInteger(number)) return number
  throw bad('Long', value, 'write a whole number up to 2^53')
}

const asGiven = (value: unknown): unknown => value
const literal = (node: ValueNode): unknown =>
  node.kind === Kind.INT || node.kind === Kind.FLOAT ? node.value : valueFromASTUntyped(node)

/** A Decimal written as a number in the query text keeps its digits: it never becomes a double. */
const parsers: Readonly<
  Record<string, { parse: (value: unknown) => unknown; literal: (node: ValueNode) => unknown }>
> = {
  Decimal: { parse: decimal, literal: (node) => decimal(literal(node)) },
  Long: { parse: long, literal: (node) => long(literal(node)) },
  ...fromText('Instant', text('Instant', 'write "2026-11-21T10:00:00Z"', parseInstant)),
  ...fromText('Period', text('Period', 'write "1h"', parsePeriod)),
}

function fromText(name: string, parse: (value: unknown) => string) {
  return { [name]: { parse, literal: (node: ValueNode) => parse(valueFromASTUntyped(node)) } }
}

/** Gives the schema's scalars their checks. Values leave as resolvers made them. */
export const wireScalars = (schema: GraphQLSchema): void => {
  for (const [name, { parse, literal: parseLiteral }] of Object.entries(parsers)) {
    const type = schema.getType(name)
    if (!(type instanceof GraphQLScalarType)) throw new Error(`no scalar ${name}`)
    type.serialize = asGiven
    type.parseValue = parse
    type.parseLiteral = parseLiteral
  }
}
