import { AGGREGATES, aggregateOf } from '@tidewater/aggregates'
import type { Aggregate } from '@tidewater/aggregates'
import type { Type } from '@tidewater/expr'
import * as vocabulary from 'tidewater'
import { days, definitionOf, hours, minutes, seconds, tumbling, view } from 'tidewater'
import type { ViewDefinition } from 'tidewater'
import { accepted } from './accepted.ts'
import { eventLeaves, randomFlag, randomInstant, randomNumber, randomText } from './random-expr.ts'
import type { Leaves, Loose } from './random-expr.ts'
import type { Schema } from './random-schema.ts'
import type { Random } from './random.ts'

type AnyAggregate = (...args: readonly unknown[]) => Loose
/** The word of an aggregate in the language. */
const wordOf = (fn: string): AnyAggregate => (vocabulary as unknown as Record<string, AnyAggregate>)[fn]!
const ZONES = ['UTC', 'UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata']
const UNITS = ['hour', 'day', 'week', 'month', 'quarter', 'year'] as const
const SPANS = [seconds(1), seconds(45), minutes(1), minutes(5), minutes(7.5), hours(1), hours(6), days(1)]

/** A view over the schema's event, or over the `source` given. */
export const randomView = (
  random: Random,
  schema: Schema,
  name: string,
  source: unknown = schema.source,
): ViewDefinition =>
  accepted(name, () => definitionOf(attemptView(random, schema, name, source)) as ViewDefinition)

function attemptView(random: Random, schema: Schema, name: string, source: unknown): unknown {
  const window = random.chance(0.6) ? undefined : randomWindow(random)
  const keyed = random.chance(0.85)
  const define = view as unknown as (name: string, literal: unknown) => unknown
  const leavesOf = (row: unknown): Leaves =>
    eventLeaves(random, row as Readonly<Record<string, Loose>>, schema)
  return define(name, {
    from: source,
    ...(window === undefined ? {} : { window }),
    ...(random.chance(0.3) ? { where: (row: unknown) => randomFlag(random, leavesOf(row), 2) } : {}),
    ...(keyed ? { by: (row: unknown) => randomKeys(random, leavesOf(row)) } : {}),
    ...(keyed && window === undefined && random.chance(0.25)
      ? { expires: random.pick([minutes(10), hours(1), days(30)]) }
      : {}),
    measure: (row: unknown) => randomMeasures(random, leavesOf(row), window === undefined),
  })
}

const randomWindow = (random: Random): unknown =>
  random.chance(0.4)
    ? tumbling(random.pick([seconds(1), minutes(1), minutes(5), hours(1), days(1)]))
    : tumbling(random.pick(UNITS), { zone: random.pick(ZONES) })

function randomKeys(random: Random, leaves: Leaves): Record<string, Loose> {
  const makers: readonly (() => Loose)[] = [
    () => ended(random, randomText(random, leaves), 'none'),
    () => ended(random, randomText(random, leaves), ''),
    () => ended(random, leaves.number(), 7),
    () => randomInstant(random, leaves)['orSkip']!(),
    () => ended(random, randomFlag(random, leaves, 1), false),
    () => ended(random, leaves.instant()['hourOfDay']!(), 0),
  ]
  return Object.fromEntries(random.times(random.int(1, 3), (n) => [`key${n}`, random.pick(makers)()]))
}

const ended = (random: Random, key: Loose, otherwise: unknown): Loose =>
  random.chance(0.5) ? key['orElse']!(otherwise) : key['orSkip']!()

function randomMeasures(random: Random, row: Leaves, windows: boolean): Record<string, Loose> {
  const made = random.times(3, () => randomAggregate(random, row, windows))
  const of = (kind: Made['kind'], fresh: () => Loose): Loose => {
    const fitting = made.filter((one) => one.kind === kind)
    return fitting.length > 0 && random.chance(0.8) ? random.pick(fitting).value : fresh()
  }
  const leaves: Leaves = {
    scope: 'measure',
    number: () => of('number', () => wordOf('count')()),
    text: () => of('text', () => wordOf('latest')(row.text())),
    flag: () => of('flag', () => wordOf('latest')(row.flag())),
    instant: () => of('instant', () => wordOf('earliest')(row.instant())),
  }
  const plain = made.map(({ value }, n) => [`plain${n}`, value] as const)
  const derived = random.times(
    random.int(0, 2),
    (n) => [`derived${n}`, randomMeasure(random, leaves)] as const,
  )
  return Object.fromEntries([...plain, ...derived])
}

const randomMeasure = (random: Random, leaves: Leaves): Loose =>
  random.pick([
    () => randomNumber(random, leaves, 3),
    () => randomNumber(random, leaves, 2),
    () => randomFlag(random, leaves, 2),
    () => randomText(random, leaves),
    () => randomInstant(random, leaves),
  ])()

type Kind = 'number' | 'text' | 'flag' | 'instant'

interface Made {
  readonly kind: Kind
  readonly value: Loose
}

const TYPES: Readonly<Record<Kind, Type>> = {
  number: { kind: 'int', digits: 15 },
  text: { kind: 'text' },
  flag: { kind: 'boolean' },
  instant: { kind: 'instant' },
}

const kindOf = ({ kind }: Type): Kind =>
  kind === 'boolean'
    ? 'flag'
    : kind === 'instant'
      ? 'instant'
      : kind in { text: 0, id: 0, oneOf: 0 }
        ? 'text'
        : 'number'

/** Any aggregate of the list, of anything it takes, with any of its options. */
function randomAggregate(random: Random, row: Leaves, windows: boolean): Made {
  const names = Object.keys(AGGREGATES).filter((fn) => windows || aggregateOf({ fn }).keeps === 'columns')
  const fn = random.pick(names)
  const aggregate = aggregateOf({ fn })
  const arg = aggregate.of === 'nothing' ? null : randomArgument(random, row, aggregate.of)
  const options = randomOptions(random, row, aggregate)
  const { second } = aggregate
  const first = arg === null ? [] : [arg.value]
  const { [second ?? '']: written, ...others } = options
  const read = aggregate.reads === undefined ? null : random.pick(aggregate.reads)
  const more = second === undefined ? [] : [second === 'read' ? Number(read) : written]
  const made = madeOf(fn, random, row, { first, more, others })
  const kind = kindOf(aggregate.answer(arg === null ? null : TYPES[arg.kind], read).type)
  if (read !== null && second !== 'read') return { kind, value: made[read]!() }
  if (!windows || random.chance(0.5)) return { kind, value: made }
  return { kind, value: made[random.pick(['last', 'last', 'previous'])]!(random.pick(SPANS)) }
}

interface Written {
  readonly first: readonly Loose[]
  readonly more: readonly unknown[]
  readonly others: Readonly<Record<string, unknown>>
}

/** An aggregate as an author writes it: by its word, as a method of another, or of a key and what is added up for it. */
const madeOf = (fn: string, random: Random, row: Leaves, { first, more, others }: Written): Loose => {
  const { keyed, method } = aggregateOf({ fn })
  const { where, ...own } = others
  const filter = where === undefined ? {} : { where }
  if (method !== undefined) return wordOf(method.of)(...first, filter)[method.name]!(own)
  if (keyed !== true) return wordOf(fn)(...first, ...more, others)
  const counted = random.chance(0.5) ? wordOf('count')(filter) : wordOf('sum')(...first, filter)
  return wordOf(fn)(randomText(random, row), counted, own)
}

const randomArgument = (random: Random, row: Leaves, of: 'numbers' | 'values'): Made => {
  const number = (): Made => ({ kind: 'number', value: randomNumber(random, row, random.int(0, 2)) })
  if (of === 'numbers') return number()
  return random.pick<() => Made>([
    number,
    () => ({ kind: 'text', value: randomText(random, row) }),
    () => ({ kind: 'flag', value: row.flag() }),
    () => ({ kind: 'instant', value: randomInstant(random, row) }),
  ])()
}

const randomOptions = (
  random: Random,
  row: Leaves,
  { options = {} }: Aggregate,
): Readonly<Record<string, unknown>> => ({
  ...(random.chance(0.3) ? { where: randomFlag(random, row, 1) } : {}),
  ...Object.fromEntries(Object.entries(options).map(([name, values]) => [name, random.pick(values)])),
})
