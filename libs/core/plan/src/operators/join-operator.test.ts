import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { OperatorState } from '../operator-types.ts'
import { compileJoin } from './join-operator.ts'
import { appendTimes, asRow, joinOf, joinOracle } from './join-oracle-fixture.ts'
import type { Sent, Shape } from './join-oracle-fixture.ts'

const told = (json: string): string => {
  const { l, r, m } = JSON.parse(json) as { l: number; r?: number; m?: boolean }
  if (m !== undefined) expect(m).toBe(r !== undefined)
  return `${l}-${r ?? ''}`
}

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
    const results = state.step(asRow(row, n), {
      ...{ partition: 0, offset: n * 3, appendedAt: times[n] as number, origin: row.origin },
    })
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
        const expected = joinOracle(sent, shape)
        expect(run(sent, shape, [])).toEqual(expected)
        expect(run(sent, shape, breaks)).toEqual(expected)
      }),
      { numRuns: 1_000 },
    )
  })
})
