import { didYouMean, formatDuration } from '@tidewater/base'
import { everyPart } from '@tidewater/expr'
import type { Expr } from '@tidewater/expr'
import type { FieldDefinition } from './definition.ts'
import { describe } from './describe.ts'
import { textLike } from './fields.ts'
import { at, mistake } from './mistake.ts'
import { snakeCase } from './names.ts'
import { durationMs, inWords } from './operand.ts'
import type { PatternDefinition, PatternPart } from './operator-definition.ts'
import { definitionName, docOf, optionsOf } from './options.ts'
import { partsOf } from './pattern-parts.ts'
import { rowOf } from './row.ts'
import { bounded, selected } from './selected.ts'
import { madeFields } from './sent-stream.ts'
import { isCallback, sourceOf, valueOf } from './source.ts'
import type { SourceRows } from './source.ts'
import { notOfItself } from './stream.ts'

const WORDS = ['doc', 'on', 'by', 'match', 'within', 'select']
const YEAR = 365 * 86_400_000
/** What the rows of a step have beside the fields of the last one. */
const OF_STEP = ['count', 'first', 'last']

/** The plain definition of a pattern from the literal an author wrote; every mistake in it is a sentence. */
export const patternDefinition = (name: string, literal: unknown): PatternDefinition => {
  definitionName('pattern', name)
  const options = at(name, () => optionsOf('pattern', literal, WORDS))
  const source = at(`${name}.on`, () => {
    const found = sourceOf(options['on'], 'a pattern')
    notOfItself(name, found)
    return found
  })
  const key = at(`${name}.by`, () => keyOf(options['by'], source))
  const parts = at(`${name}.match`, () => matchOf(options['match'], source))
  const made = at(`${name}.select`, () => madeOf(name, options['select'], { parts, source, key }))
  return {
    kind: 'pattern',
    name,
    doc: at(`${name}.doc`, () => docOf(options)),
    from: source.event,
    through: source.through,
    ...{ where: source.where, time: source.time, by: key.by, parts },
    withinMs: at(`${name}.within`, () => withinOf(options['within'])),
    kept: at(`${name}.select`, () => keptOf(made, source)),
    fields: made,
    key: key.name,
    timeField: 'at',
  }
}

interface Key {
  /** As the source calls it. */
  readonly name: string
  readonly by: FieldDefinition
}

const keyOf = (value: unknown, source: SourceRows): Key => {
  const names = source.fields.map((field) => field.name)
  const found = source.fields.find((field) => field.name === value)
  if (found === undefined)
    throw mistake(
      value === undefined
        ? 'a pattern goes by a field: rows of one value of it make a sequence'
        : `${source.name} has no field '${String(value)}'${didYouMean(String(value), names)}`,
      value === undefined ? "write by: 'userId'" : '',
    )
  const { name, expr } = found
  if (expr.op !== 'field' || expr.optional)
    throw mistake(
      `'${name}' is ${expr.op === 'field' ? 'missing in some rows' : describe(expr)}, and the rows of ${source.name} are not in order by it`,
      `read a log that is: on: stream('…', { from: ${source.name}, key: '${name}' })`,
    )
  const [field] = madeFields({ fields: [{ name: expr.name, expr }] })
  return { name, by: textLike(field as FieldDefinition) }
}

const matchOf = (match: unknown, source: SourceRows): readonly PatternPart[] => {
  if (!isCallback(match))
    throw mistake(
      `is a function of the event, not ${inWords(match)}`,
      "write match: (e) => [step('added', e.type.is('add_to_cart')), none(e.type.is('purchase'))]",
    )
  const parts = partsOf(match(source.row))
  for (const part of parts) bounded(part.where)
  return parts
}

const withinOf = (value: unknown): number => {
  if (value === undefined)
    throw mistake('a pattern without a bound would keep its rows for ever', 'write within: minutes(30)')
  const ms = durationMs(value, 'within')
  if (ms > YEAR) throw mistake(`${formatDuration(ms)} is more than a year`)
  return ms
}

interface Made {
  readonly parts: readonly PatternPart[]
  readonly source: SourceRows
  readonly key: Key
}

const madeOf = (name: string, select: unknown, { parts, source, key }: Made): PatternDefinition['fields'] => {
  if (!isCallback(select))
    throw mistake(
      `is a function of the steps, not ${inWords(select)}`,
      'write select: ({ added }) => ({ productId: added.productId })',
    )
  const steps = parts.filter((part) => part.kind === 'step')
  const rows = rowOf<object, (typeof steps)[number]>(`the match of ${name}`, steps, (part) =>
    rowsOf(part.name, source),
  )
  const own = [
    { name: key.name, expr: fieldExpr('by', key.by.type) },
    { name: 'at', expr: fieldExpr('at', { kind: 'instant' }) },
  ]
  const chosen = selected(name, select(rows))
  const twice = chosen.find((field) => own.some((other) => snakeCase(other.name) === snakeCase(field.name)))
  if (twice !== undefined)
    throw mistake(`'${twice.name}' is there already: each row has ${key.name} and at`, 'give it another name')
  return [...own, ...chosen]
}

const fieldExpr = (name: string, type: Expr['type'], optional = false): Expr => ({
  op: 'field',
  name,
  type,
  optional,
})

/** The fields of the last row, `first` and `last` themselves, and how many there are. */
const rowsOf = (step: string, { name, fields }: SourceRows): object => {
  const ofRow = (which: 'first' | 'last') => (field: SourceRows['fields'][number]) =>
    valueOf(fieldExpr(`${step}.${which}.${field.name}`, field.expr.type, field.expr.optional))
  const more: Record<string, unknown> = {
    count: () => valueOf(fieldExpr(`${step}.count`, { kind: 'int', digits: 4 })),
    first: rowOf(name, fields, ofRow('first')),
    last: rowOf(name, fields, ofRow('last')),
  }
  const words = OF_STEP.map((word) => ({ name: word, expr: fieldExpr(word, { kind: 'boolean' }) }))
  const own = fields.filter((field) => !OF_STEP.includes(field.name))
  return rowOf(step, [...own, ...words], (field) => more[field.name] ?? ofRow('last')(field))
}

/** The fields of the source that a match tells of its rows. */
const keptOf = (made: PatternDefinition['fields'], source: SourceRows): PatternDefinition['kept'] => {
  const used = made
    .flatMap(({ expr }) => everyPart(expr))
    .flatMap((part) => (part.op === 'field' ? [part.name.split('.')[2]] : []))
  return source.fields.filter(({ name }) => used.includes(name))
}
