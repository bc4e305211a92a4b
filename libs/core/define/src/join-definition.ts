import { didYouMean, formatDuration } from '@tidewater/base'
import { INT_DIGITS, scaleOf } from '@tidewater/expr'
import type { ScalarType } from '@tidewater/expr'
import type { FieldDefinition } from './definition.ts'
import { textLike } from './fields.ts'
import { sidesOf } from './join-sides.ts'
import { at, mistake } from './mistake.ts'
import { familyOf } from './node.ts'
import { durationMs, inWords } from './operand.ts'
import type { JoinDefinition } from './operator-definition.ts'
import { definitionName, docOf, optionsOf } from './options.ts'
import { rowOf } from './row.ts'
import { selected } from './selected.ts'
import { madeKey, madeTime } from './made-log.ts'
import { isCallback, sourceOf, valueOf } from './source.ts'
import type { SourceRows } from './source.ts'
import { notOfItself } from './stream.ts'

const WORDS = ['doc', 'left', 'right', 'on', 'within', 'keep', 'match', 'select', 'key', 'time']
const YEAR = 365 * 86_400_000

/** Right rows that a `select` was handed, with what their join keeps. */
export const rightRows = new WeakMap<object, JoinDefinition['keep']>()

/** The plain definition of a join from the literal an author wrote; every mistake in it is a sentence. */
export const joinDefinition = (name: string, literal: unknown): JoinDefinition => {
  definitionName('join', name)
  const options = at(name, () => optionsOf('join', literal, WORDS))
  const [left, right] = (['left', 'right'] as const).map((side) =>
    at(`${name}.${side}`, () => {
      const source = sourceOf(options[side], 'a join')
      notOfItself(name, source)
      return source
    }),
  ) as [SourceRows, SourceRows]
  if (left.name === right.name)
    throw mistake(
      `${name}.right: both sides are ${left.name}, so each record would be both the left and the right row`,
      `say which are which: stream('Shown', { from: ${left.name}, where: … })`,
      `${name}.right`,
    )
  const on = at(`${name}.on`, () => onOf(options['on'], left, right))
  const within = at(`${name}.within`, () => withinOf(options['within']))
  const keep = at(`${name}.keep`, () => oneOf(options['keep'], ['both', 'left']))
  const match = at(`${name}.match`, () => oneOf(options['match'], ['each', 'first']))
  const fields = at(`${name}.select`, () => fieldsOf(name, options['select'], left, right, keep))
  const known = on.flatMap((field) => [`left.${field.name}`, `right.${field.name}`])
  return {
    kind: 'join',
    name,
    doc: at(`${name}.doc`, () => docOf(options)),
    ...sidesOf(name, { left, right, on, keep, fields }),
    ...within,
    ...{ keep, match, fields },
    key: at(`${name}.key`, () => madeKey(fields, options['key'], known)),
    time: at(`${name}.time`, () => madeTime(fields, options['time'], timeOf(left))),
  }
}

/** The name by which a row of a source has its time; null: it does not. */
const timeOf = ({ fields, time }: SourceRows): string | null => {
  const found = fields.find(({ expr }) => expr.op === 'field' && expr.name === time)
  return found === undefined ? null : `left.${found.name}`
}

const oneOf = <const W extends string>(value: unknown, words: readonly [W, W]): W => {
  if (value === undefined) return words[0]
  const found = words.find((word) => word === value)
  if (found === undefined) throw mistake(`is '${words.join("' or '")}', not ${inWords(value)}`)
  return found
}

const withinOf = (value: unknown): Pick<JoinDefinition, 'beforeMs' | 'afterMs'> => {
  const cure = 'write within: { after: minutes(10) }'
  if (value === undefined) throw mistake('a join without a bound would keep every row for ever', cure)
  const { before, after } = optionsOf('within', value, ['before', 'after'])
  if (before === undefined && after === undefined)
    throw mistake('a join without a bound would keep every row for ever', cure)
  const span = (word: string, duration: unknown): number => {
    const ms = duration === undefined ? 0 : durationMs(duration, word)
    if (ms > YEAR) throw mistake(`${word}: ${formatDuration(ms)} is more than a year`)
    return ms
  }
  return { beforeMs: span('before', before), afterMs: span('after', after) }
}

/** The fields that must be equal, with the type that holds the values of both sides. */
const onOf = (value: unknown, left: SourceRows, right: SourceRows): readonly FieldDefinition[] => {
  const names: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (value === undefined || names.length === 0)
    throw mistake('a join needs a field that both sides share', "write on: 'userId'")
  const fields = names.map((name, n) => {
    if (names.indexOf(name) !== n) throw mistake(`'${String(name)}' is there twice`)
    const [a, b] = [fieldOf(left, name, right), fieldOf(right, name, left)]
    const type = sharedType(a, b, left.name, right.name)
    return { name: a.name, type, optional: a.expr.optional || b.expr.optional }
  })
  fields.slice(0, 1).forEach(textLike)
  return fields
}

const fieldOf = (source: SourceRows, name: unknown, other: SourceRows): SourceRows['fields'][number] => {
  const names = source.fields.map((field) => field.name)
  const found = source.fields.find((field) => field.name === name)
  if (found !== undefined) return found
  throw mistake(
    `${source.name} has no field '${String(name)}'${didYouMean(String(name), names)}`,
    `if ${source.name} calls it otherwise: stream(…, { from: ${source.name}, select: (e) => ({ …, ${String(name)}: e.… }) }) instead of ${other.name === source.name ? 'it' : source.name}`,
  )
}

const sharedType = (
  a: SourceRows['fields'][number],
  b: SourceRows['fields'][number],
  left: string,
  right: string,
): ScalarType => {
  const [x, y] = [a.expr.type, b.expr.type]
  if (x.kind !== 'list' && y.kind !== 'list') {
    if (familyOf(x) === 'text' && familyOf(y) === 'text')
      return x.kind === y.kind && x.kind !== 'oneOf' ? x : { kind: 'text' }
    if (x.kind === 'int' && y.kind === 'int')
      return { kind: 'int', digits: Math.min(INT_DIGITS, Math.max(x.digits, y.digits)) }
    if (x.kind === 'decimal' && y.kind === 'decimal' && scaleOf(x) === scaleOf(y))
      return { ...x, digits: Math.max(x.digits, y.digits) }
    if (x.kind === y.kind && (x.kind === 'instant' || x.kind === 'boolean')) return x
  }
  if (x.kind === 'number' || y.kind === 'number')
    throw mistake(
      `'${a.name}' is a double, which no two engines compare alike`,
      'join on id(), text(), int() or decimal(…)',
    )
  throw mistake(
    `'${a.name}' is ${x.kind} in ${left} and ${y.kind} in ${right}: they are never equal`,
    'declare both alike, or make one like the other in a stream',
  )
}

const fieldsOf = (
  name: string,
  select: unknown,
  left: SourceRows,
  right: SourceRows,
  keep: JoinDefinition['keep'],
): JoinDefinition['fields'] => {
  if (!isCallback(select))
    throw mistake(
      `is a function of both rows, not ${inWords(select)}`,
      "write select: (shown, click) => ({ ...pick(shown, 'adId', 'at'), clickedAt: click.at })",
    )
  const rightRow = rowFor('right', right, keep === 'left')
  rightRows.set(rightRow, keep)
  return selected(name, select(rowFor('left', left, false), rightRow))
}

const rowFor = (side: 'left' | 'right', { name, fields }: SourceRows, mayLack: boolean): object =>
  rowOf(name, fields, ({ name, expr: { type, optional } }) =>
    valueOf({ op: 'field', name: `${side}.${name}`, type, optional: optional || mayLack }),
  )
