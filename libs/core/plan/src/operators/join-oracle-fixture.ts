import { definitionOf, event, id, instant, int, join, matched, seconds, text } from 'tidewater'
import type { Catalog, JoinDefinition } from 'tidewater'
import { catalogOf } from 'tidewater/fixture'
import type { Row } from '../machine-types.ts'

const LATENESS = { left: 3_000, right: 2_000 }
const Impression = event('Impression', {
  fields: { user: id(), ad: text().optional(), at: instant(), n: int() },
  key: 'user',
  time: 'at',
  lateness: seconds(3),
})
const Click = event('Click', {
  fields: { user: id(), ad: text().optional(), at: instant(), n: int() },
  key: 'user',
  time: 'at',
  lateness: seconds(2),
})

export interface Shape {
  readonly keep: 'both' | 'left'
  readonly match: 'each' | 'first'
  readonly before: number
  readonly after: number
}

export const joinOf = ({ keep, match, before, after }: Shape): { join: JoinDefinition; catalog: Catalog } => {
  const within = before === 0 ? { after: seconds(after) } : { before: seconds(before), after: seconds(after) }
  const made =
    keep === 'left'
      ? join('Pairs', {
          ...{ left: Impression, right: Click, on: ['user', 'ad'], within, keep, match },
          select: (left, right) => ({
            user: left.user,
            at: left.at,
            l: left.n,
            r: right.n,
            m: matched(right),
          }),
        })
      : join('Pairs', {
          ...{ left: Impression, right: Click, on: ['user', 'ad'], within, match },
          select: (left, right) => ({
            user: left.user,
            at: left.at,
            l: left.n,
            r: right.n,
            rightAt: right.at,
          }),
        })
  const catalog = catalogOf([Impression, Click, made])
  const found = definitionOf(made)
  if (found?.kind !== 'join') throw new Error('no join')
  return { join: found, catalog }
}

export interface Sent {
  readonly side: 'left' | 'right'
  readonly user: string
  readonly ad: string | null
  readonly at: number
  readonly origin: number
  /** Append time since the record before. */
  readonly wait: number
  readonly origins: number
}

export const asRow = ({ side, user, ad, at, origins }: Sent, n: number): Row => ({
  ...{ side, key: user, on_ad: ad, at, origins: origins === 0 ? null : origins },
  [`${side}_user`]: user,
  [`${side}_at`]: at,
  [`${side}_n`]: n,
})

export const appendTimes = (sent: readonly Sent[]): readonly number[] => {
  let time = 1_000_000
  return sent.map(({ wait }) => (time += wait))
}

/** What each record brings about, from the whole prefix, by the words of the rules alone. */
export const joinOracle = (
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

/** The watermark of a side behind each record: by the rows before it at its time, then with it. */
const marksOf = (
  side: 'left' | 'right',
  sent: readonly Sent[],
  times: readonly number[],
): readonly number[] => {
  const all = sent.map((row, n) => ({ ...row, time: times[n] as number }))
  const reachedBy = (count: number, now: number): number => {
    const seen = all.slice(0, count).filter((row) => row.side === side)
    // The first row behind the last silence.
    const began = seen.filter((row, n) => n === 0 || row.time - (seen[n - 1]?.time ?? 0) > 60_000).at(-1)
    const last = seen.at(-1)
    if (began === undefined || last === undefined) return -Infinity
    const isFresh = now - began.time <= 60_000
    const origins = [...new Set(seen.map(({ origin }) => origin))]
    if (isFresh && origins.length < Math.max(...seen.map((row) => row.origins))) return -Infinity
    const newest = origins
      .map((origin) => seen.filter((row) => row.origin === origin))
      .filter((rows) => isFresh || last.time - (rows.at(-1)?.time ?? 0) <= 60_000)
      .map((rows) => Math.max(...rows.map(({ at }) => at)))
    return Math.min(...newest) - LATENESS[side]
  }
  let mark = -Infinity
  return times.map((now, n) => (mark = Math.max(mark, reachedBy(n, now), reachedBy(n + 1, now))))
}
