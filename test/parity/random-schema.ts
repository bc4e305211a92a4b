import {
  boolean,
  decimal,
  definitionOf,
  event,
  file,
  hours,
  id,
  instant,
  int,
  minutes,
  number,
  oneOf,
  table,
  text,
} from 'tidewater'
import type { EventDefinition, FieldDefinition, TableDefinition } from 'tidewater'
import type { ScalarType, Value } from '@tidewater/expr'
import type { Random } from './random.ts'

/** One event type and one table it may look up, with the table's rows. */
export interface Schema {
  /** What `view` takes as `from`. */
  readonly source: unknown
  readonly event: EventDefinition
  /** `of(key)` gives the table's fields. */
  readonly lookup: { of(key: unknown): Readonly<Record<string, unknown>> }
  readonly table: TableDefinition
  readonly tableRows: ReadonlyMap<string, Readonly<Record<string, Value>>>
}

const TEXTS = [
  '',
  'a',
  'A',
  'b',
  'Zz',
  'é',
  'É',
  '😀',
  '￿',
  "it's",
  'back\\slash',
  'new\nline',
  '"quoted"',
  'null',
  'a b ',
  'zero\0byte',
]
const KINDS = ['alpha', 'beta', 'gamma', "o'delta"] as const

/** Fields every event has, so that keys and lookups always find something, then random ones. */
export function randomSchema(random: Random, name: string): Schema {
  const maybe = <F extends { optional(): unknown }>(field: F): F =>
    random.chance(0.5) ? field : (field.optional() as F)
  const [digits, scale] = random.pick([
    [12, 2],
    [9, 3],
    [18, 0],
    [18, 6],
    [4, 4],
    [12, 3],
  ] as const)
  const fields = {
    userId: id(),
    at: instant(),
    kind: oneOf(...KINDS),
    label: maybe(text()),
    ref: maybe(id()),
    quantity: maybe(int()),
    amount: maybe(decimal(digits, scale)),
    reading: maybe(number()),
    flag: maybe(boolean()),
    seenAt: maybe(instant()),
  }
  const source = event(name, {
    fields,
    key: 'userId',
    time: 'at',
    horizon: random.pick([hours(24), hours(1), minutes(1)]),
  })
  const lookup = table(`${name}Item`, {
    fields: { ref: id(), group: text().optional(), price: decimal(9, 3).optional(), sort: oneOf('x', 'y') },
    key: 'ref',
    from: file('items.csv'),
  })
  const definition = definitionOf(lookup) as TableDefinition
  const refs = random.times(random.int(0, 4), (n) => TEXTS[n * 2 + 1] ?? 'x')
  const rows = refs.map((ref) => [ref, { ...rowOf(definition.fields, random), ref }] as const)
  return {
    source,
    event: definitionOf(source) as EventDefinition,
    lookup,
    table: definition,
    tableRows: new Map(rows),
  }
}

const rowOf = (fields: readonly FieldDefinition[], random: Random): Record<string, Value> =>
  Object.fromEntries(fields.map((field) => [field.name, randomValue(field, random, 0)]))

/** A value of a field; missing for about a fifth of the optional ones. `base` is where instants lie around, ms. */
export function randomValue(
  { type, optional }: { type: ScalarType; optional: boolean },
  random: Random,
  base: number,
): Value {
  if (optional && random.chance(0.2)) return null
  switch (type.kind) {
    case 'id':
    case 'text':
      return random.pick(TEXTS)
    case 'oneOf':
      return random.pick(type.values)
    case 'boolean':
      return random.chance(0.5)
    case 'int':
    case 'decimal':
      return randomExact(type.digits, random)
    case 'number':
      return randomDouble(random)
    case 'instant':
      return base + random.pick([0, random.int(-5000, 5000), random.int(-7_200_000, 7_200_000)])
  }
}

/** Small mostly, sometimes the widest. Normalised: a number while safe, else a bigint. */
function randomExact(digits: number, random: Random): number | bigint {
  const widest = 10n ** BigInt(digits) - 1n
  const magnitude = random.pick([0n, 1n, BigInt(random.int(0, 999)), BigInt(random.int(0, 999_999)), widest])
  const bounded = magnitude > widest ? widest : magnitude
  const signed = random.chance(0.4) ? -bounded : bounded
  return signed <= 9007199254740991n && signed >= -9007199254740991n ? Number(signed) : signed
}

/** Multiples of 1/64 add up exactly in any order; the others are what the tolerance is for. */
function randomDouble(random: Random): number {
  if (random.chance(0.1)) return random.pick([0, 1e-9, -1e-9, 1e12, -1e12, 123456.789, 1 / 3])
  return random.int(-64_000, 64_000) / 64
}
