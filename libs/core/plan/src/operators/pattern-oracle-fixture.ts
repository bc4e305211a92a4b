import { definitionOf, event, id, instant, int, none, oneOf, pattern, seconds, step } from 'tidewater'
import type { Catalog, PatternDefinition, PatternPart } from 'tidewater'
import { catalogOf } from 'tidewater/fixture'

const LATENESS = 3_000
const Seen = event('Seen', {
  fields: { user: id(), sort: oneOf('a', 'b', 'c'), port: int().optional(), at: instant(), n: int() },
  key: 'user',
  time: 'at',
  lateness: seconds(3),
})

const base = { on: Seen, by: 'user', within: seconds(5) } as const
export const PATTERNS = {
  pair: pattern('P', {
    ...base,
    match: (e) => [step('x', e.sort.is('a')), step('y', e.sort.is('b'))],
    select: ({ x, y }) => ({ x: x.n, xs: x.count(), first: x.first.n, last: y.last.n }),
  }),
  thrice: pattern('P', {
    ...base,
    match: (e) => [step('x', e.sort.is('a')).times(3)],
    select: ({ x }) => ({ x: x.n, xs: x.count(), first: x.first.n, last: x.last.n }),
  }),
  absence: pattern('P', {
    ...base,
    match: (e) => [step('x', e.sort.is('a')), none(e.sort.is('b'))],
    select: ({ x }) => ({ x: x.n, xs: x.count(), first: x.first.n, last: x.last.n }),
  }),
  between: pattern('P', {
    ...base,
    match: (e) => [
      step('x', e.sort.isIn('a', 'b')),
      none(e.sort.is('c')),
      step('y', e.sort.isIn('b', 'c')).times(2),
    ],
    select: ({ x, y }) => ({ x: x.n, xs: y.count(), first: x.first.n, last: y.last.n }),
  }),
  guarded: pattern('P', {
    ...base,
    match: (e) => [step('x', e.sort.is('a')), none(e.sort.is('c')), step('y', e.sort.isIn('b', 'c'))],
    select: ({ x, y }) => ({ x: x.n, xs: x.count(), first: x.first.n, last: y.last.n }),
  }),
  twice: pattern('P', {
    ...base,
    match: (e) => [
      step('x', e.sort.is('a')).times(2).distinct(e.port),
      step('y', e.sort.is('b')).times(2).distinct(e.port),
    ],
    select: ({ x, y }) => ({ x: x.n, xs: y.count(), first: x.first.n, last: y.last.n }),
  }),
  ports: pattern('P', {
    ...base,
    match: (e) => [step('x', e.sort.isIn('a', 'b')).times(2).distinct(e.port), none(e.sort.is('c'))],
    select: ({ x }) => ({ x: x.n, xs: x.count(), first: x.first.n, last: x.last.n }),
  }),
}

export const compiledOf = (made: unknown): { pattern: PatternDefinition; catalog: Catalog } => {
  const found = definitionOf(made)
  if (found?.kind !== 'pattern') throw new Error('no pattern')
  return { pattern: found, catalog: catalogOf([Seen, made]) }
}

export interface Came {
  readonly user: string
  readonly sort: 'a' | 'b' | 'c'
  readonly port: number | null
  readonly at: number
}

/** A part's rows by hand: the sorts it takes, for each pattern. */
const SORTS: Readonly<Record<keyof typeof PATTERNS, readonly string[]>> = {
  pair: ['a', 'b'],
  thrice: ['a'],
  absence: ['a', 'b'],
  between: ['ab', 'c', 'bc'],
  ports: ['ab', 'c'],
  twice: ['a', 'b'],
  guarded: ['a', 'c', 'bc'],
}
const WITHIN = 5_000

interface Numbered extends Came {
  readonly n: number
}

/** How far a sequence that begins with the first of the rows comes: the numbers of each step's rows; null when it is broken. */
const follow = (
  rows: readonly Numbered[],
  parts: readonly PatternPart[],
  sorts: readonly string[],
): { readonly part: number; readonly steps: readonly (readonly number[])[] } | null => {
  const begin = rows[0] as Numbered
  const steps: number[][] = []
  let part = 0
  let values: (number | null)[] = []
  const isOf = (row: Numbered, of: number): boolean => {
    const found = parts[of]
    return (
      (sorts[of] ?? '').includes(row.sort) &&
      (found?.kind !== 'step' || found.distinct === null || row.port !== null)
    )
  }
  for (const row of rows) {
    if (row.at < begin.at || row.at > begin.at + WITHIN) continue
    if (parts[part]?.kind === 'none') {
      if (isOf(row, part)) return null
      if (part + 1 === parts.length || !isOf(row, part + 1)) continue
      part++
    }
    const now = parts[part]
    if (now?.kind !== 'step' || !isOf(row, part)) continue
    const number = parts.slice(0, part).filter(({ kind }) => kind === 'step').length
    steps[number] = [...(steps[number] ?? []), row.n]
    values.push(row.port)
    const counted = now.distinct === null ? values.length : new Set(values).size
    if (counted < now.times) continue
    values = []
    part++
  }
  return { part, steps }
}

/** What each row brings about, from all rows before it, by the words of the rules alone. */
export const patternOracle = (
  came: readonly Came[],
  name: keyof typeof PATTERNS,
): readonly (readonly string[])[] => {
  const { parts } = compiledOf(PATTERNS[name]).pattern
  const sorts = SORTS[name]
  const used = new Set<number>()
  const markAt = (n: number): number =>
    n < 0 ? -Infinity : Math.max(...came.slice(0, n + 1).map(({ at }) => at)) - LATENESS
  const all: Numbered[] = came.map((row, n) => ({ ...row, n }))
  const rowsOf = (user: string, now: number): readonly Numbered[] =>
    all.filter(({ user: own, n, at }) => own === user && n <= now && !used.has(n) && at >= markAt(n - 1))
  const startsOf = (rows: readonly Numbered[]): readonly (readonly Numbered[])[] =>
    rows.flatMap((row, n) => {
      const isFirst =
        (sorts[0] ?? '').includes(row.sort) && (!['ports', 'twice'].includes(name) || row.port !== null)
      return isFirst ? [rows.slice(n)] : []
    })
  const tell = (steps: readonly (readonly number[])[], at: number): string => {
    const [x, y] = steps
    const counted = ['between', 'twice'].includes(name) ? y : x
    return [x?.at(-1), counted?.length, x?.[0], steps.at(-1)?.at(-1), at].join(' ')
  }
  return all.map(({ user, n, at }) => {
    const results: string[] = []
    const isLate = at < markAt(n - 1)
    const own = rowsOf(user, n)
    const done = isLate
      ? undefined
      : startsOf(own)
          .map((rows) => follow(rows, parts, sorts))
          .find((found) => found?.part === parts.length)
    if (done !== undefined && done !== null) {
      results.push(tell(done.steps, at))
      for (const row of own) used.add(row.n)
    }
    for (;;) {
      const over = ['u', 'v']
        .flatMap((one) => startsOf(rowsOf(one, n)))
        .flatMap((rows) => {
          const start = rows[0] as Numbered
          const found = follow(rows, parts, sorts)
          const waits = found?.part === parts.length - 1 && parts.at(-1)?.kind === 'none'
          return waits && start.at + WITHIN < markAt(n) ? [{ start, steps: found.steps }] : []
        })
        .sort((a, b) => a.start.at - b.start.at || a.start.n - b.start.n)[0]
      if (over === undefined) return results
      const end = over.start.at + WITHIN
      results.push(tell(over.steps, end))
      for (const row of rowsOf(over.start.user, n)) if (row.at <= end) used.add(row.n)
    }
  })
}

export const told = (json: string): string => {
  const { x, xs, first, last, at } = JSON.parse(json) as Record<string, number>
  return [x, xs, first, last, at].join(' ')
}
