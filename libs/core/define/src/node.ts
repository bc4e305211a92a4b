import type { AggregateCall, Expr, Type } from '@tidewater/expr'
import type { Scope } from './value.ts'

const NODE = Symbol.for('tidewater.expression')

/** What stands behind a value of the language. */
export interface Node {
  readonly expr: Expr
  readonly scope: Scope
  /** The same over a window; null where no window may follow: everywhere but on an aggregate as it was made. */
  readonly within: ((window: Window) => Expr) | null
}

/** What `.last` and `.previous` say. */
export type Window = NonNullable<AggregateCall['window']>

export type Family = 'number' | 'text' | 'condition' | 'instant' | 'list'

export const familyOf = (type: Type): Family => {
  switch (type.kind) {
    case 'int':
    case 'decimal':
    case 'number':
      return 'number'
    case 'boolean':
      return 'condition'
    case 'instant':
      return 'instant'
    case 'list':
      return 'list'
    case 'id':
    case 'text':
    case 'oneOf':
      return 'text'
  }
}

/** Turns a node into the value an author calls methods on. `method` finds what a name does, or throws a sentence. */
export const valueFor = <T>(
  node: Node,
  method: (node: Node, name: string) => (...args: unknown[]) => unknown,
): T => {
  const read = (_: object, name: string | symbol): unknown => {
    if (name === NODE) return node
    if (name === Symbol.toPrimitive) return method(node, 'valueOf')
    return typeof name === 'symbol' ? undefined : method(node, name)
  }
  // the one place where a plain node takes the shape the type checker knows
  return new Proxy(Object.freeze({}), { get: read }) as T
}

/** The node behind a value, or null when it is none. */
export const nodeOf = (value: unknown): Node | null =>
  typeof value === 'object' && value !== null
    ? ((Reflect.get(value, NODE) as Node | undefined) ?? null)
    : null
