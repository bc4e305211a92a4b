import { didYouMean } from '@tidewater/base'
import type { Expr } from '@tidewater/expr'
import type { KeyDefinition, ViewDefinition } from './definition.ts'
import { describe } from './describe.ts'
import { checkView } from './check-view.ts'
import { at, mistake } from './mistake.ts'
import { nodeOf } from './node.ts'
import { inWords } from './operand.ts'
import { definitionName, docOf, durationOf, fieldName, optionsOf } from './options.ts'
import { entriesOf, isCallback, sourceOf, valueOf, whereOf } from './source.ts'
import type { SourceRows } from './source.ts'
import { windowOf } from './window.ts'

const WORDS = ['doc', 'from', 'where', 'by', 'window', 'measure', 'expires', 'top', 'clock']

/** The plain definition of a view from the literal an author wrote; every mistake in it is a sentence. */
export const viewDefinition = (name: string, literal: unknown): ViewDefinition => {
  definitionName('view', name)
  const options = at(name, () => optionsOf('view', literal, WORDS))
  const source = at(`${name}.from`, () => sourceOf(options['from'], 'a view'))
  const view: ViewDefinition = {
    kind: 'view',
    name,
    doc: at(`${name}.doc`, () => docOf(options)),
    from: source.event,
    through: source.through,
    where: at(`${name}.where`, () => whereOf(options['where'], source)),
    keys: at(`${name}.by`, () => keysOf(options['by'], source)),
    window: at(`${name}.window`, () => windowDefinition(options['window'])),
    measures: at(`${name}.measure`, () => measuresOf(options['measure'], source.row)),
    expiresMs: durationOf(name, options, 'expires'),
    top: at(`${name}.top`, () => topOf(options['top'])),
    clock: at(`${name}.clock`, () => clockOf(options['clock'])),
  }
  checkView(view)
  return view
}

const keysOf = (by: unknown, source: SourceRows): readonly KeyDefinition[] => {
  if (by === undefined) return []
  if (isCallback(by)) return entriesOf(by(source.row), 'by').map(([key, value]) => keyOf(key, value))
  const names: readonly unknown[] = Array.isArray(by) ? by : [by]
  return names.map((field) => {
    const known = source.fields.map((f) => f.name)
    const found = source.fields.find((f) => f.name === field)
    if (found === undefined)
      throw mistake(`${source.name} has no field '${String(field)}'${didYouMean(String(field), known)}`)
    if (found.expr.optional)
      throw mistake(
        `key '${found.name}' may be missing: write by: (e) => ({ ${found.name}: e.${found.name}.orSkip() })`,
      )
    return keyOf(found.name, valueOf(found.expr))
  })
}

const keyOf = (key: string, value: unknown): KeyDefinition => {
  const node = nodeOf(value)
  if (node === null) throw mistake(`key '${key}' must be a value of the event, not ${inWords(value)}`)
  if (node.scope === 'measure') throw mistake(`key '${key}' is a measure, and keys are values of one event`)
  if (node.expr.optional)
    throw mistake(`key '${key}' may be missing: end it with .orElse(value) or .orSkip()`)
  if (node.expr.type.kind === 'number')
    throw mistake(
      `key '${key}' is a double, which no two engines compare alike`,
      'use id(), text(), int() or decimal(…)',
    )
  return { name: fieldName(key), expr: node.expr }
}

const measuresOf = (measure: unknown, row: object): ViewDefinition['measures'] => {
  if (!isCallback(measure))
    throw mistake(
      `is a function of the event, not ${inWords(measure)}`,
      'write measure: (e) => ({ orders: count() })',
    )
  const entries = entriesOf(measure(row), 'measure')
  if (entries.length === 0)
    throw mistake('there must be at least one measure', 'write measure: () => ({ events: count() })')
  return entries.map(([name, value]) => ({ name: fieldName(name), expr: measured(name, value) }))
}

/** How what an author wrote becomes a measure. */
const endOf = (value: unknown): string => {
  const has = (word: string): boolean => typeof value === 'object' && value !== null && word in value
  if (has('startedAt')) return 'end it with .seconds(), .events() or .startedAt()'
  return has('last')
    ? 'end it with .last(minutes(1)) or .previous(minutes(1))'
    : 'write count(), sum(e.amount) …'
}

const measured = (name: string, value: unknown): Expr => {
  const node = nodeOf(value)
  if (node === null) {
    throw mistake(`'${name}' must be a measure, not ${inWords(value)}`, endOf(value))
  }
  if (node.scope === 'event')
    throw mistake(
      `'${name}' has no aggregate: ${describe(node.expr)} is a value of one event`,
      `write latest(…), sum(…) or another aggregate of it`,
    )
  return node.expr
}

const windowDefinition = (value: unknown): ViewDefinition['window'] => {
  if (value === undefined) return null
  const found = windowOf(value)
  if (found === null)
    throw mistake(`is tumbling(…), not ${inWords(value)}`, "write tumbling(minutes(5)) or tumbling('month')")
  return found
}

const topOf = (value: unknown): ViewDefinition['top'] => {
  if (value === undefined) return null
  const { n, by } = optionsOf('top', value, ['n', 'by'])
  if (typeof n !== 'number' || !Number.isInteger(n) || n < 1 || n > 10_000)
    throw mistake(`'n' takes 1 to 10000, not ${inWords(n)}`)
  if (typeof by !== 'string') throw mistake(`'by' names a measure, not ${inWords(by)}`)
  return { n, by }
}

const clockOf = (value: unknown): 'wall' | 'event' => {
  if (value === undefined || value === 'wall') return 'wall'
  if (value === 'event') return 'event'
  throw mistake(`is 'wall' or 'event', not ${inWords(value)}`)
}
