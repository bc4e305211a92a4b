import { greatest, least } from 'tidewater'
import type { Schema } from './random-schema.ts'
import type { Random } from './random.ts'

/** A value of the language of which only its methods' names are known. */
export type Loose = { readonly [method: string]: (...args: readonly unknown[]) => Loose }
type Choose = (a: unknown, b: unknown) => Loose

/** Values of one scope by family, to build larger ones from. */
export interface Leaves {
  number(): Loose
  text(): Loose
  flag(): Loose
  instant(): Loose
  readonly scope: 'event' | 'measure'
}

const NUMBERS = [0, 1, -1, 2, 10, 0.5, -0.25, 0.1, 1000, 99.99]

/** A number over the leaves. */
export function randomNumber(random: Random, leaves: Leaves, depth: number): Loose {
  if (depth <= 0 || random.chance(0.25)) return leaves.number()
  const inner = (): Loose => randomNumber(random, leaves, depth - 1)
  const other = (): unknown => (random.chance(0.5) ? random.pick(NUMBERS) : inner())
  const extreme = random.pick([greatest, least]) as unknown as Choose
  const makers: readonly (() => Loose)[] = [
    () => inner()['plus']!(other()),
    () => inner()['minus']!(other()),
    () => inner()['times']!(other()),
    () => inner()['dividedBy']!(other()),
    () => inner()['abs']!(),
    () => inner()['log1p']!(),
    () => inner()['clamp']!(random.pick([-5, -0.5, 0]), random.pick([0, 2.5, 100])),
    () => inner()['cap']!(random.pick(NUMBERS)),
    () => inner()['orElse']!(other()),
    () => inner()['onlyIf']!(randomFlag(random, leaves, depth - 1)),
    () => extreme(inner(), other()),
    () => weighed(random, leaves),
    () => leaves.instant()['hourOfDay']!(),
    ...(leaves.scope === 'measure'
      ? [() => inner()['round']!(random.int(0, 3)), () => leaves.instant()['secondsAgo']!()]
      : []),
  ]
  return random.pick(makers)()
}

const weighed = (random: Random, leaves: Leaves): Loose => {
  const weights = Object.fromEntries(['', 'a', 'é', "it's"].map((text) => [text, random.pick(NUMBERS)]))
  return leaves.text()['lower']!()['weigh']!(weights)
}

/** A condition over the leaves. */
export function randomFlag(random: Random, leaves: Leaves, depth: number): Loose {
  if (depth <= 0 || random.chance(0.2)) return leaves.flag()
  const inner = (): Loose => randomFlag(random, leaves, depth - 1)
  const number = (): Loose => randomNumber(random, leaves, depth - 1)
  const compared = random.pick(['is', 'above', 'below', 'atLeast', 'atMost'])
  const makers: readonly (() => Loose)[] = [
    () => number()[compared]!(random.chance(0.7) ? random.pick(NUMBERS) : number()),
    () => inner()['and']!(inner()),
    () => inner()['or']!(inner()),
    () => inner()['not']!(),
    () => inner()['orElse']!(random.chance(0.5)),
    () => inner()['is']!(random.chance(0.5)),
    () => number()['isMissing']!(),
    () => randomText(random, leaves)['isKnown']!(),
    () => randomText(random, leaves)['is']!(random.pick(['a', '', 'é', "it's", 'zero\0byte'])),
    () => leaves.text()['lower']!()['isIn']!('a', 'zz', 'back\\slash', '"quoted"'),
  ]
  return random.pick(makers)()
}

/** A text over the leaves. */
export function randomText(random: Random, leaves: Leaves): Loose {
  const makers: readonly (() => Loose)[] = [
    () => leaves.text(),
    () => leaves.text()['lower']!(),
    () => leaves.text()['lower']!()['orElse']!(random.pick(['none', "it's", '\\'])),
    () => leaves.text()['lower']!()['onlyIf']!(leaves.flag()),
  ]
  return random.pick(makers)()
}

export function randomInstant(random: Random, leaves: Leaves): Loose {
  if (random.chance(0.6)) return leaves.instant()
  return leaves.instant()['startOf']!(random.pick(['hour', 'day', 'week', 'month', 'quarter', 'year']))
}

/** The fields of an event and of the table it looks up. */
export function eventLeaves(random: Random, row: Readonly<Record<string, Loose>>, schema: Schema): Leaves {
  const found = (): Readonly<Record<string, Loose>> =>
    schema.lookup.of(row[random.pick(['ref', 'label'])]) as Readonly<Record<string, Loose>>
  const field = (...names: readonly string[]): Loose => row[random.pick(names)] as Loose
  return {
    scope: 'event',
    number: () =>
      random.chance(0.15)
        ? (found()['price'] as unknown as Loose)
        : field('quantity', 'amount', 'amount', 'reading'),
    text: () =>
      random.chance(0.15)
        ? (found()[random.pick(['group', 'sort'])] as unknown as Loose)
        : field('userId', 'kind', 'label', 'ref'),
    flag: () => (random.chance(0.4) ? field('flag') : field('kind')['is']!(random.pick(['alpha', 'beta']))),
    instant: () => field('at', 'seenAt'),
  }
}
