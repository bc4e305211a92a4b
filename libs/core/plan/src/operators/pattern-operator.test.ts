import fc from 'fast-check'
import { definitionOf, event, id, instant, int, none, oneOf, pattern, seconds, step } from 'tidewater'
import type { Catalog, PatternDefinition, PatternPart } from 'tidewater'
import { catalogOf } from 'tidewater/fixture'
import { describe, expect, test } from 'vitest'
import type { OperatorState } from '../operator-types.ts'
import { compilePattern } from './pattern-operator.ts'

const LATENESS = 3_000
const Seen = event('Seen', {
  fields: { user: id(), sort: oneOf('a', 'b', 'c'), port: int().optional(), at: instant(), n: int() },
  key: 'user',
  time: 'at',
  lateness: seconds(3),
})

const base = { on: Seen, by: 'user', within: seconds(5) } as const
const PATTERNS = {
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

const PLACE = { partition: 0, appendedAt: 1_000_000, origin: null }

const compiledOf = (made: unknown): { pattern: PatternDefinition; catalog: Catalog } => {
  const found = definitionOf(made)
  if (found?.kind !== 'pattern') throw new Error('no pattern')
  return { pattern: found, catalog: catalogOf([Seen, made]) }
}

interface Came {
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
const oracle = (came: readonly Came[], name: keyof typeof PATTERNS): readonly (readonly string[])[] => {
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

const told = (json: string): string => {
  const { x, xs, first, last, at } = JSON.parse(json) as Record<string, number>
  return [x, xs, first, last, at].join(' ')
}

/** What an operator makes of the rows; at each of `breaks` it is opened anew from what it stored. */
const run = (
  came: readonly Came[],
  made: unknown,
  breaks: readonly number[],
): readonly (readonly string[])[] => {
  const { pattern, catalog } = compiledOf(made)
  const operator = compilePattern(pattern, catalog)
  const stored = new Map<string, Uint8Array>()
  let state: OperatorState = operator.open()
  return came.map((row, n) => {
    if (breaks.includes(n)) {
      for (const [key, bytes] of state.changes()) {
        if (bytes === null) stored.delete(key)
        else stored.set(key, bytes)
      }
      state = operator.open()
      for (const [key, bytes] of [...stored].reverse()) state.load(key, bytes)
    }
    const at = { partition: 0, offset: n * 3, appendedAt: 1_000_000 + n, origin: null }
    return state.step({ ...row, n }, at).map(({ json }) => told(json))
  })
}

const someRow = fc.record({
  user: fc.constantFrom('u', 'v'),
  sort: fc.constantFrom('a', 'b', 'c'),
  port: fc.constantFrom(1, 2, null),
  ahead: fc.integer({ min: -4, max: 4 }),
})
/** Rows whose times move on with the log, some of them out of order; ties are common. */
const someLog = fc.array(someRow, { minLength: 1, maxLength: 40, size: 'max' }).map((rows) => {
  let clock = 0
  return rows.map(({ ahead, ...row }): Came => ({ ...row, at: ((clock += 1) + ahead) * 1_000 }))
})

describe('a pattern', () => {
  test.each(Object.keys(PATTERNS) as (keyof typeof PATTERNS)[])(
    'makes of any log what its rules say of every prefix, wherever it is opened anew: %s',
    (name) => {
      fc.assert(
        fc.property(someLog, fc.array(fc.nat(39), { maxLength: 8 }), (came, breaks) => {
          const expected = oracle(came, name)
          expect(run(came, PATTERNS[name], [])).toEqual(expected)
          expect(run(came, PATTERNS[name], breaks)).toEqual(expected)
        }),
        { numRuns: 400 },
      )
    },
  )

  /** An operator that keeps two rows of a key at most, and what it made of rows of one user, a second apart. */
  const made = (name: keyof typeof PATTERNS, sorts: string, mostRows: number) => {
    const { pattern, catalog } = compiledOf(PATTERNS[name])
    const state = compilePattern(pattern, catalog, mostRows).open()
    const results = [...sorts].flatMap((sort, n) =>
      state.step({ user: 'u', sort, port: null, at: n * 1_000, n }, { ...PLACE, offset: n }),
    )
    return { state, results: results.map(({ json }) => told(json)) }
  }

  test('keeps nothing of a key that no match can come of', () => {
    // a begins, b is nothing yet that is kept; then the time of the partition passes 0 + 5 s + 3 s
    const { state } = made('pair', 'accccccccccc', 1_000)
    expect(state.changes().map(([key, bytes]) => [key, bytes === null])).toEqual([
      ['', false],
      ['=u', true],
    ])
  })

  test('forgets the oldest sequence of a key that has more rows than are kept, and counts it', () => {
    // of the first two a, the first is forgotten for the third
    const { state, results } = made('pair', 'aaab', 2)
    expect([results, state.crowded]).toEqual([['1 1 1 3 3000'], 1])
    expect(made('pair', 'aaab', 1_000).results).toEqual(['0 1 0 3 3000'])
  })

  test('passes over rows that come after their time, and counts them', () => {
    const { pattern, catalog } = compiledOf(PATTERNS.pair)
    const state = compilePattern(pattern, catalog).open()
    const seen = (
      [
        ['a', 10],
        ['b', 7],
        ['c', 6],
        ['a', 6],
        ['b', 11],
      ] as const
    ).flatMap(([sort, at], n) =>
      state.step({ user: 'u', sort, port: null, at: at * 1_000, n }, { ...PLACE, offset: n }),
    )
    // b at 7 is older than the match's first row, but not late; c at 6 is nothing of the pattern
    expect([seen.map(({ json }) => told(json)), state.late]).toEqual([['0 1 0 4 11000'], 1])
  })
})
