import type { Expr } from '@tidewater/expr'
import { didYouMean } from '@tidewater/base'
import { describe } from './describe.ts'
import { numberLiteral } from './literal.ts'
import { mistake } from './mistake.ts'
import { familyOf, nodeOf } from './node.ts'
import type { Family, Node } from './node.ts'

const SCOPES = { event: "one event's value", measure: 'a measure of many events' } as const

const ARTICLE: Record<Family, string> = {
  number: 'a number',
  text: 'a text',
  condition: 'a condition',
  instant: 'an instant',
  list: 'a list',
}

export const familyName = (family: Family): string => ARTICLE[family]

/** What a person wrote, in a few words: for sentences about a wrong argument. */
export const inWords = (value: unknown): string => {
  const node = nodeOf(value)
  if (node !== null) return `${describe(node.expr)} (${ARTICLE[familyOf(node.expr.type)]})`
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'function') return 'a function'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}

/** Values of both scopes never meet: the one must be aggregated first. */
export const sameScope = (self: Node, other: Node, name: string): void => {
  if (self.scope === other.scope) return
  const single = self.scope === 'event' ? self : other
  throw mistake(
    `'${name}' mixes ${SCOPES[self.scope]} with ${SCOPES[other.scope]}`,
    `aggregate it first, such as sum or latest of ${describe(single.expr)}`,
  )
}

const expected = (name: string, family: Family, value: unknown): Error =>
  mistake(`'${name}' takes ${ARTICLE[family]}, not ${value === undefined ? 'nothing' : inWords(value)}`)

/** The argument of a method of `self` as an expression of the same family and scope. */
export const operand = (self: Node, name: string, value: unknown): Expr => {
  const family = familyOf(self.expr.type)
  const node = nodeOf(value)
  if (node !== null) {
    if (familyOf(node.expr.type) !== family) throw expected(name, family, value)
    sameScope(self, node, name)
    return node.expr
  }
  if (family === 'number' && typeof value === 'number') return numberLiteral(value, self.expr.type)
  if (family === 'condition' && typeof value === 'boolean') {
    return { op: 'literal', type: { kind: 'boolean' }, optional: false, value }
  }
  if (family === 'text' && typeof value === 'string') {
    return { op: 'literal', type: self.expr.type, optional: false, value: known(self, value) }
  }
  throw expected(name, family, value)
}

/** A text that may be compared with `self`: one of its values, when it has a fixed list. */
export const known = (self: Node, value: unknown): string => {
  if (typeof value !== 'string') throw mistake(`a text is expected, not ${inWords(value)}`)
  const type = self.expr.type
  if (type.kind === 'oneOf' && !type.values.includes(value)) {
    throw mistake(
      `${describe(self.expr)} is never '${value}'${didYouMean(value, type.values)}: it is one of ${type.values.join(', ')}`,
    )
  }
  return value
}

/** The condition of onlyIf, and, or, where. */
export const condition = (self: Node, name: string, value: unknown): Expr => {
  const node = nodeOf(value)
  if (node === null || familyOf(node.expr.type) !== 'condition') throw expected(name, 'condition', value)
  sameScope(self, node, name)
  return node.expr
}

/** The ms of a duration, or a sentence. */
export const durationMs = (value: unknown, where: string): number => {
  const ms =
    typeof value === 'object' && value !== null && nodeOf(value) === null
      ? Reflect.get(value, 'ms')
      : undefined
  if (typeof ms !== 'number')
    throw mistake(`'${where}' takes a duration such as minutes(5), not ${inWords(value)}`)
  return ms
}
