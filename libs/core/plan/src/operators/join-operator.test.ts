import fc from 'fast-check'
import { definitionOf, event, id, instant, int, join, matched, seconds, text } from 'tidewater'
import type { Catalog, JoinDefinition } from 'tidewater'
import { catalogOf } from 'tidewater/fixture'
import { describe, expect, test } from 'vitest'
import type { Row } from '../machine-types.ts'
import type { OperatorState } from '../operator-types.ts'
import { compileJoin } from './join-operator.ts'

const LATENESS = { left: 3_000, right: 2_000 }
const Shown = event('Shown', {
  fields: { user: id(), ad: text().optional(), at: instant(), n: int() },
  key: 'user',
  time: 'at',
  lateness: seconds(3),
})
const Clicked = event('Clicked', {
  fields: { user: id(), ad: text().optional(), at: instant(), n: int() },
  key: 'user',
  time: 'at',
  lateness: seconds(2),
})

interface Shape {
  readonly keep: 'both' | 'left'
  readonly match: 'each' | 'first'
  readonly before: number
  readonly after: number
}

const joinOf = ({ keep, match, before, after }: Shape): { join: JoinDefinition; catalog: Catalog } => {
  const within = before === 0 ? { after: seconds(after) } : { before: seconds(before), after: seconds(after) }
  const made =
    keep === 'left'
      ? join('Pairs', {
          ...{ left: Shown, right: Clicked, on: ['user', 'ad'], within, keep, match },
          select: (l, r) => ({ user: l.user, at: l.at, l: l.n, r: r.n, m: matched(r) }),
        })
      : join('Pairs', {
          ...{ left: Shown, right: Clicked, on: ['user', 'ad'], within, match },
          select: (l, r) => ({ user: l.user, at: l.at, l: l.n, r: r.n, rightAt: r.at }),
        })
  const catalog = catalogOf([Shown, Clicked, made])
  const found = definitionOf(made)
  if (found?.kind !== 'join') throw new Error('no join')
  return { join: found, catalog }
}

interface Sent {
  readonly side: 'left' | 'right'
  readonly user: string
  readonly ad: string | null
  readonly at: number
  readonly origin: number
  /** Append time since the record before. */
  readonly wait: number
  readonly origins: number
}

const asRow = ({ side, user, ad, at, origins }: Sent, n: number): Row => ({
  ...{ side, key: user, on_ad: ad, at, origins: origins === 0 ? null : origins },
  [`${side}_user`]: user,
  [`${side}_at`]: at,
  [`${side}_n`]: n,
})

const appendTimes = (sent: readonly Sent[]): readonly number[] => {
  let time = 1_000_000
  return sent.map(({ wait }) => (time += wait))
}

/** What each record brings about, from the whole prefix, by the words of the rules alone. */
const oracle = (
  sent: readonly Sent[],
  { keep, match, before, after }: Shape,
): readonly (readonly string[])[] => {
  const times = appendTimes(sent)
  const marks = { left: marksOf('left', sent, times), right: marksOf('right', sent, times) }
  const isLate = (n: number): boolean => {
    const { side, at } = sent[n] as Sent
    return n > 0 && at < (marks[side][n - 1] as number)
  }
  const rows = sent.map((row, n) => ({ ...row, n })).filter(({ n }) => !isLate(n))
  const pairs = rows
    .filter(({ side }) => side === 'left')
    .flatMap((left) =>
      rows
        .filter(
          (right) =>
            right.side === 'right' &&
            right.user === left.user &&
            right.ad !== null &&
            right.ad === left.ad &&
            right.at >= left.at - before * 1_000 &&
            right.at <= left.at + after * 1_000,
        )
        .slice(0, match === 'first' ? 1 : undefined)
        .map((right) => ({ left, right, when: Math.max(left.n, right.n), other: Math.min(left.n, right.n) })),
    )
  return sent.map((_, now) => {
    const complete = pairs
      .filter(({ when }) => when === now)
      .sort((a, b) => a.other - b.other)
      .map(({ left, right }) => `${left.n}-${right.n}`)
    const closed = rows
      .filter(({ side, n, at }) => {
        if (keep === 'both' || side === 'right' || n > now || pairs.some(({ left }) => left.n === n))
          return false
        const ends = at + after * 1_000
        const isOver = (at: number): boolean => (marks.right[at] as number) > ends
        return isOver(now) && (n === now || !isOver(now - 1))
      })
      .sort((a, b) => a.at - b.at || a.n - b.n)
      .map(({ n }) => `${n}-`)
    return [...complete, ...closed]
  })
}

/** The watermark of a side behind each record. */
const marksOf = (
  side: 'left' | 'right',
  sent: readonly Sent[],
  times: readonly number[],
): readonly number[] => {
  const marks: number[] = []
  sent.forEach((_, now) => {
    const own = sent.map((row, n) => ({ ...row, time: times[n] as number })).slice(0, now + 1)
    const seen = own.filter((row) => row.side === side)
    const before = now === 0 ? -Infinity : (marks[now - 1] as number)
    // The first row behind the last silence.
    const began = seen.filter((row, n) => n === 0 || row.time - (seen[n - 1]?.time ?? 0) > 60_000).at(-1)
    const origins = [...new Set(seen.map(({ origin }) => origin))]
    const isFresh = began !== undefined && (times[now] as number) - began.time <= 60_000
    const awaited = origins.filter(
      (origin) =>
        isFresh ||
        (times[now] as number) - (seen.findLast((row) => row.origin === origin)?.time ?? 0) <= 60_000,
    )
    const lacks = isFresh && origins.length < Math.max(0, ...seen.map((row) => row.origins))
    const reached = awaited.map((origin) =>
      Math.max(...seen.filter((row) => row.origin === origin).map(({ at }) => at)),
    )
    marks.push(
      lacks || reached.length === 0 ? before : Math.max(before, Math.min(...reached) - LATENESS[side]),
    )
  })
  return marks
}

const told = (json: string): string => {
  const { l, r, m } = JSON.parse(json) as { l: number; r?: number; m?: boolean }
  if (m !== undefined) expect(m).toBe(r !== undefined)
  return `${l}-${r ?? ''}`
}

const place = (n: number, appendedAt: number, origin: number) => ({
  partition: 0,
  offset: n * 3,
  appendedAt,
  origin,
})

/** What an operator makes of the records; at each of `breaks` it is opened anew from what it stored. */
const run = (
  sent: readonly Sent[],
  shape: Shape,
  breaks: readonly number[],
): readonly (readonly string[])[] => {
  const { join, catalog } = joinOf(shape)
  const operator = compileJoin(join, catalog)
  const times = appendTimes(sent)
  const stored = new Map<string, Uint8Array>()
  let state: OperatorState = operator.open()
  return sent.map((row, n) => {
    if (breaks.includes(n)) {
      for (const [key, bytes] of state.changes()) bytes === null ? stored.delete(key) : stored.set(key, bytes)
      state = operator.open()
      for (const [key, bytes] of [...stored].reverse()) state.load(key, bytes)
    }
    const results = state.step(asRow(row, n), place(n, times[n] as number, row.origin))
    expect(results.every(({ key }) => key === row.user || sent.some(({ user }) => user === key))).toBe(true)
    return results.map(({ json }) => told(json))
  })
}

const someRow: fc.Arbitrary<Omit<Sent, 'at'> & { ahead: number }> = fc.record({
  side: fc.constantFrom('left', 'right'),
  user: fc.constantFrom('u', 'v'),
  ad: fc.constantFrom('a', 'b', '', null),
  ahead: fc.integer({ min: -6, max: 4 }),
  origin: fc.integer({ min: 0, max: 2 }),
  wait: fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(0, 500, 20_000) },
    { weight: 1, arbitrary: fc.constantFrom(60_000, 60_001, 200_000) },
  ),
  origins: fc.constantFrom(0, 0, 2, 3),
})
/** Records whose times move on with the log, some of them out of order; ties are common. */
const someLog = fc.array(someRow, { minLength: 1, maxLength: 60, size: 'max' }).map((rows) => {
  let clock = 0
  return rows.map(({ ahead, ...row }): Sent => ({ ...row, at: ((clock += 1) + ahead) * 1_000 }))
})
const someShape: fc.Arbitrary<Shape> = fc.record({
  keep: fc.constantFrom('both', 'left'),
  match: fc.constantFrom('each', 'first'),
  before: fc.constantFrom(0, 2, 5),
  after: fc.constantFrom(1, 3, 8),
})

describe('a join', () => {
  test('makes of any log what its rules say of every prefix, wherever it is opened anew', () => {
    fc.assert(
      fc.property(someLog, someShape, fc.array(fc.nat(59), { maxLength: 12 }), (sent, shape, breaks) => {
        const expected = oracle(sent, shape)
        expect(run(sent, shape, [])).toEqual(expected)
        expect(run(sent, shape, breaks)).toEqual(expected)
      }),
      { numRuns: 1_000 },
    )
  })
})
