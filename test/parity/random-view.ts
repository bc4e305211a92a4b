import {
  count,
  days,
  definitionOf,
  distinct,
  earliest,
  hours,
  latest,
  max,
  mean,
  min,
  minutes,
  seconds,
  session,
  sum,
  tumbling,
  view,
} from 'tidewater'
import type { ViewDefinition } from 'tidewater'
import { eventLeaves, randomFlag, randomInstant, randomNumber, randomText } from './random-expr.ts'
import type { Leaves, Loose } from './random-expr.ts'
import type { Schema } from './random-schema.ts'
import type { Random } from './random.ts'

type AnyAggregate = (...args: readonly unknown[]) => Loose
const ZONES = ['UTC', 'UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata']
const UNITS = ['hour', 'day', 'week', 'month', 'quarter', 'year'] as const
const SPANS = [seconds(1), seconds(45), minutes(1), minutes(5), minutes(7.5), hours(1), hours(6), days(1)]

/** A view that the language accepts. A combination it refuses (too many digits, mostly) is thrown away and another is made. */
export function randomView(random: Random, schema: Schema, name: string): ViewDefinition {
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      return definitionOf(attemptView(random, schema, name)) as ViewDefinition
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error)) throw error
    }
  }
  throw new Error(`${name}: 200 definitions were refused`)
}

function attemptView(random: Random, schema: Schema, name: string): unknown {
  const window = random.chance(0.6) ? undefined : randomWindow(random)
  const keyed = random.chance(0.85)
  const define = view as unknown as (name: string, literal: unknown) => unknown
  const leavesOf = (row: unknown): Leaves =>
    eventLeaves(random, row as Readonly<Record<string, Loose>>, schema)
  return define(name, {
    from: schema.source,
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
    number: () => of('number', () => (count as unknown as AnyAggregate)()),
    text: () => of('text', () => (latest as unknown as AnyAggregate)(row.text())),
    flag: () => of('flag', () => (latest as unknown as AnyAggregate)(row.flag())),
    instant: () => of('instant', () => (earliest as unknown as AnyAggregate)(row.instant())),
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

interface Made {
  readonly kind: 'number' | 'text' | 'flag' | 'instant'
  readonly value: Loose
}

function randomAggregate(random: Random, row: Leaves, windows: boolean): Made {
  const options = random.chance(0.3) ? [{ where: randomFlag(random, row, 1) }] : []
  const number = (): Loose => randomNumber(random, row, random.int(0, 2))
  const call = (kind: Made['kind'], fn: unknown, ...args: readonly unknown[]): Made => {
    const value = (fn as AnyAggregate)(...args, ...options)
    if (!windows || random.chance(0.5)) return { kind, value }
    return { kind, value: value[random.pick(['last', 'last', 'previous'])]!(random.pick(SPANS)) }
  }
  const ordered = random.pick([latest, earliest])
  const makers: readonly (() => Made)[] = [
    () => call('number', count),
    () => call('number', sum, number()),
    () => call('number', mean, number()),
    () => call('number', min, number()),
    () => call('number', max, number()),
    () => call('number', ordered, number()),
    () => call('text', ordered, randomText(random, row)),
    () => call('flag', ordered, row.flag()),
    () => call('instant', ordered, randomInstant(random, row)),
    () => distinctOf(random, row, call, options),
    ...(windows ? [() => sessionOf(random, options), () => sessionOf(random, options)] : []),
  ]
  return random.pick(makers)()
}

type Call = (kind: Made['kind'], fn: unknown, ...args: readonly unknown[]) => Made

function distinctOf(random: Random, row: Leaves, call: Call, options: readonly { where?: Loose }[]): Made {
  const argument = random.pick([
    () => row.text(),
    () => row.flag(),
    () => randomInstant(random, row),
    () => row.number(),
  ])()
  const atMost = random.pick([1, 2, 3, 10_000])
  const bounded = (value: unknown): Loose =>
    (distinct as unknown as AnyAggregate)(value, { ...options[0], atMost })
  return call('number', bounded, argument)
}

function sessionOf(random: Random, options: readonly { where?: Loose }[]): Made {
  const gap = random.pick([seconds(1), minutes(1), minutes(30)])
  const made = (session as unknown as AnyAggregate)({ gap, ...options[0] })
  const read = random.pick(['seconds', 'events', 'startedAt'])
  return { kind: read === 'startedAt' ? 'instant' : 'number', value: made[read]!() }
}
