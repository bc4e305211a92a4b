import { describe, expect, it } from 'vitest'
import { overRows } from './over-rows-fixture.ts'
import type { Entry } from '@tidewater/expr'

const top = (values: readonly string[], n: number, counters = 4096): readonly Entry[] =>
  overRows(
    { fn: 'topK', type: { kind: 'text' }, options: { n, counters } },
    values.map((value) => ({ value })),
  ) as readonly Entry[]

/** The most frequent values of all, counted one by one. */
const exactly = (values: readonly string[], n: number): readonly Entry[] => {
  const counts: Record<string, number> = {}
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1
  return Object.entries(counts)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, n)
}

/** A repeatable draw from 0 to below 1. */
const drawsFrom = (seed: number) => (): number => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  return seed / 2 ** 32
}

/** Values of which the n-th occurs in proportion to 1/n, among as many that occur once. */
const skewed = (rows: number, seed: number): string[] => {
  const draw = drawsFrom(seed)
  return Array.from({ length: rows }, (_, n) =>
    draw() < 0.5 ? `once ${seed} ${n}` : `often ${Math.floor(Math.exp(draw() * Math.log(1_000)))}`,
  )
}

describe('topK', () => {
  it('of nothing is empty; ties are in the order of their bytes', () => {
    expect(top([], 3)).toEqual([])
    expect(top(['é', 'b', 'a', '🙂', '\uffee', 'b'], 5)).toEqual([
      ['b', 2],
      ['a', 1],
      ['é', 1],
      ['\uffee', 1],
      ['🙂', 1],
    ])
  })

  it('is exact for 80 values of any frequency', () => {
    const values = skewed(40_000, 7).filter((value) => /^often \d$|^often [1-7]\d$/.test(value))
    expect(top(values, 10)).toEqual(exactly(values, 10))
  })

  it('keeps within its counters, whatever there are, and then counts a sample', () => {
    const all = top(
      Array.from({ length: 50_000 }, (_, n) => `v${n}`),
      100,
    )
    // Every value occurs once; in the sample it stands for as many as are left out beside it.
    expect(all).toHaveLength(100)
    const [[, weight] = ['', 0]] = all
    expect([16, 32]).toContain(weight)
  })

  it('the standard error of a count of share p is at most √(2p ÷ counters) of all rows', () => {
    const counters = 1_024
    const rows = 20_000
    const errors = Array.from({ length: 16 }, (_, seed) => {
      const values = skewed(rows, seed)
      const truth = new Map(exactly(values, 40))
      return top(values, 5, counters).map(([value, count]) => {
        const exact = Number(truth.get(value))
        const bound = Math.sqrt((2 * (exact / rows)) / counters) * rows
        return (Number(count) - exact) / bound
      })
    }).flat()
    const root = Math.sqrt(errors.reduce((sum, x) => sum + x * x, 0) / errors.length)
    expect(root).toBeLessThan(1)
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(4)
    // It is no better either: else the bound says nothing.
    expect(root).toBeGreaterThan(0.25)
  })
})
