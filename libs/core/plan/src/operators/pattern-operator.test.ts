import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { OperatorState } from '../operator-types.ts'
import { compilePattern } from './pattern-operator.ts'
import { PATTERNS, compiledOf, patternOracle, told } from './pattern-oracle-fixture.ts'
import type { Came } from './pattern-oracle-fixture.ts'

const PLACE = { partition: 0, appendedAt: 1_000_000, origin: null }

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
          const expected = patternOracle(came, name)
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

  test('tells one at a time of what does not come: a sequence within another is none, one behind it is', () => {
    // a at 0, 3 and 6, then the partition moves on to 15: what began at 0 is over at 5, with that at 3 in it; at 11 that of 6
    expect(made('absence', 'accaccaccccccccc', 1_000).results).toEqual(['0 1 0 0 5000', '6 1 6 6 11000'])
    // b at 7 ends what began at 6, and what began at 3 is forgotten all the same
    expect(made('absence', 'accaccabcccccccc', 1_000).results).toEqual(['0 1 0 0 5000'])
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
