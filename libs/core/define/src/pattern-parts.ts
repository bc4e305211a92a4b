import { describe } from './describe.ts'
import { mistake } from './mistake.ts'
import { nodeOf } from './node.ts'
import { inWords } from './operand.ts'
import type { PatternPart } from './operator-definition.ts'
import { fieldName } from './options.ts'
import { conditionOf } from './source.ts'

const PART = Symbol.for('tidewater.patternPart')
/** Rows of a step, and rows that are kept of a key. */
export const MOST_ROWS = 1_000

/** Steps and what must not come between them. */
const MOST_PARTS = 20

type StepPart = Extract<PatternPart, { kind: 'step' }>

/** What `step()` answers. */
export const stepOf = (name: unknown, where: unknown): object => {
  if (typeof name !== 'string')
    throw mistake(`a step has a name, not ${inWords(name)}`, "write step('added', …)")
  fieldName(name)
  return chained({ kind: 'step', name, where: conditionOf(where), times: 1, distinct: null })
}

const chained = (part: StepPart): object =>
  Object.freeze({
    [PART]: part,
    times: (count: unknown) => chained({ ...part, times: timesOf(count) }),
    distinct: (value: unknown) => chained({ ...part, distinct: valueIn(value) }),
  })

const timesOf = (count: unknown): number => {
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > MOST_ROWS)
    throw mistake(`'times' takes 1 to ${MOST_ROWS}, not ${inWords(count)}`)
  return count
}

const valueIn = (value: unknown): StepPart['where'] => {
  const node = nodeOf(value)
  if (node === null || node.scope === 'measure')
    throw mistake(`'distinct' takes a value of the event, not ${inWords(value)}`)
  if (node.expr.type.kind === 'number' || node.expr.type.kind === 'list')
    throw mistake(
      `'distinct' cannot tell ${node.expr.type.kind === 'number' ? 'doubles' : 'lists'} apart`,
      'use id(), text(), int() or decimal(…)',
    )
  return node.expr
}

/** What `none()` answers. */
export const noneOf = (where: unknown): object =>
  Object.freeze({ [PART]: { kind: 'none', where: conditionOf(where) } })

const partOf = (value: unknown): PatternPart | undefined =>
  typeof value === 'object' && value !== null
    ? (Reflect.get(value, PART) as PatternPart | undefined)
    : undefined

/** The parts of a sequence that can come to its end. */
export const partsOf = (answer: unknown): readonly PatternPart[] => {
  const parts = (Array.isArray(answer) ? answer : [answer]).map((value: unknown) => {
    const part = partOf(value)
    if (part !== undefined) return part
    throw mistake(
      `is a list of steps, not ${inWords(value)}`,
      "write match: (e) => [step('added', e.type.is('add_to_cart')), none(e.type.is('purchase'))]",
    )
  })
  if (parts.length > MOST_PARTS) throw mistake(`has ${parts.length} parts, and ${MOST_PARTS} is the most`)
  const [first] = parts
  if (first === undefined)
    throw mistake('there must be at least one step', "write match: (e) => [step('a', …)]")
  if (first.kind === 'none')
    throw mistake('begins with what must not come, so nothing says from when on', 'begin with a step')
  if (parts.length === 1 && first.kind === 'step' && first.times === 1)
    throw mistake('one row is no sequence', `a filter is a stream: stream('…', { from: …, where: … })`)
  parts.forEach((part, n) => {
    const before = parts[n - 1]
    if (part.kind === 'step') checkStep(part, parts.slice(0, n))
    else if (before?.kind === 'none')
      throw mistake('none follows none', 'write none(a.or(b)): neither must come')
  })
  return parts
}

const checkStep = (step: StepPart, before: readonly PatternPart[]): void => {
  const { name, distinct, times, where } = step
  if (before.some((part) => part.kind === 'step' && part.name === name))
    throw mistake(`two steps are named '${name}'`)
  if (distinct !== null && times === 1)
    throw mistake(`step '${name}' counts different values, and one is enough`, 'say how many: .times(20)')
  const values = distinct === null ? Infinity : valuesOf(distinct.type)
  if (values < times)
    throw mistake(
      `can never match: step '${name}' waits for ${times} different values of ${describe(distinct as StepPart['where'])}, which has ${values}`,
    )
  const last = before.at(-1)
  if (last?.kind === 'none' && JSON.stringify(last.where) === JSON.stringify(where))
    throw mistake(`can never match: the row that step '${name}' waits for must not come before it`)
}

const valuesOf = (type: StepPart['where']['type']): number => {
  if (type.kind === 'boolean') return 2
  return type.kind === 'oneOf' ? type.values.length : Infinity
}
