import type { AggregateCall, Type } from '@tidewater/expr'
import { SUM_DIGITS, isExact, scaleOf } from '@tidewater/expr'
import type { Column } from './layout-types.ts'

const INT: Type = { kind: 'int', digits: 15 }
const INSTANT: Type = { kind: 'instant' }
const count = (name: string): Column => ({ name, kind: 'count', type: INT })

const argType = (call: Omit<AggregateCall, 'window' | 'read'>): Type => {
  if (call.arg === null) throw new Error(`${call.fn} needs an argument`)
  return call.arg.type
}

const sum = (name: string, type: Type): Column => {
  if (!isExact(type)) return { name, kind: 'float', type: { kind: 'number' } }
  const scale = scaleOf(type)
  return {
    name,
    kind: 'sum',
    type: scale === 0 ? { kind: 'int', digits: SUM_DIGITS } : { kind: 'decimal', digits: SUM_DIGITS, scale },
  }
}

/** The columns an aggregate keeps, the first named `name`. */
export const columnsOf = (call: Omit<AggregateCall, 'window' | 'read'>, name: string): readonly Column[] => {
  switch (call.fn) {
    case 'count':
      return [count(name)]
    case 'sum':
      return [sum(name, argType(call))]
    case 'mean':
      return [sum(name, argType(call)), count(`${name}_n`)]
    case 'min':
    case 'max':
      return [{ name, kind: 'value', type: argType(call) }]
    case 'latest':
    case 'earliest':
      return [
        { name, kind: 'value', type: argType(call) },
        { name: `${name}_at`, kind: 'position', type: INSTANT },
        { name: `${name}_partition`, kind: 'position', type: INT },
        { name: `${name}_offset`, kind: 'position', type: INT },
      ]
    case 'distinct':
      return [{ name, kind: 'set', type: argType(call) }]
    case 'session':
      return [{ name: `${name}_end`, kind: 'value', type: INSTANT }, count(`${name}_events`)]
  }
}
