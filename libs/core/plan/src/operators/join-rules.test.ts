import { expect, test } from 'vitest'
import { compileJoin } from './join-operator.ts'
import { asRow, joinOf } from './join-oracle-fixture.ts'
import type { Sent, Shape } from './join-oracle-fixture.ts'

const EACH: Shape = { keep: 'both', match: 'each', before: 2, after: 5 }
const LEFT: Shape = { ...EACH, keep: 'left' }

interface Told {
  readonly side: 'left' | 'right'
  /** Seconds. */
  readonly at: number
  readonly ad?: string | null
  readonly origin?: number
  /** Of append time, since the record before. */
  readonly wait?: number
  readonly origins?: number
}

const left = (at: number, more: Partial<Told> = {}): Told => ({ side: 'left', at, ...more })
const right = (at: number, more: Partial<Told> = {}): Told => ({ side: 'right', at, ...more })

/** What comes of rows of one user, as '0-1' for the numbers of both rows, one text for each record that brings something about. */
const made = (shape: Shape, rows: readonly Told[], mostRows?: number) => {
  const { join, catalog } = joinOf(shape)
  const state = compileJoin(join, catalog, mostRows).open()
  let appendedAt = 1_000_000
  const results = rows.map(({ at, ad = 'a', origin = 0, origins = 1, wait = 0, side }, n) => {
    appendedAt += wait
    const sent: Sent = { side, user: 'u', ad, at: at * 1_000, origin, wait, origins }
    const found = state.step(asRow(sent, n), { partition: 0, offset: n, appendedAt, origin })
    return found
      .map(({ json }) => {
        const { l, r } = JSON.parse(json) as { l: number; r?: number }
        return `${l}-${r ?? ''}`
      })
      .join(' ')
  })
  return { results, state }
}

test('both ends of the window belong to it', () => {
  expect(made(EACH, [left(10), right(8), right(15)]).results).toEqual(['', '0-1', '0-2'])
  expect(made(EACH, [right(7.999), right(15.001), left(10)]).results).toEqual(['', '', ''])
})

test('what is missing joins nothing, an empty text joins an empty text', () => {
  expect(made(EACH, [left(1, { ad: '' }), right(2, { ad: '' }), right(2)]).results).toEqual(['', '0-1', ''])
  // Both sides are 10 s further, so the first row is over: it had nothing to meet.
  const rows = [left(1, { ad: null }), right(2, { ad: null }), right(30, { ad: 'b' })]
  expect(made(LEFT, rows).results).toEqual(['', '', '0-'])
})

test('every pair, or for a left row the right one that comes first in the log, although another is nearer', () => {
  const rows = [left(10), right(14), right(12), left(11)]
  expect(made(EACH, rows).results).toEqual(['', '0-1', '0-2', '3-1 3-2'])
  expect(made({ ...EACH, match: 'first' }, rows).results).toEqual(['', '0-1', '', '3-1'])
})

test('rows of one moment are told apart by the log', () => {
  expect(made(EACH, [left(1), left(1), right(1), right(1)]).results).toEqual(['', '', '0-2 1-2', '0-3 1-3'])
})

test('a left row without a right one is a row once the other side has moved past its window, and once only', () => {
  // the right side waits 2 s: at 17 it has reached 15, the very end of the window, and at 17.001 it is past it
  const rows = [left(10), left(10), right(10.5, { ad: 'b' }), right(17), right(17.001), right(40)]
  expect(made(LEFT, rows).results).toEqual(['', '', '', '', '0- 1-', ''])
})

test('a side has moved on when all that it comes from have: the slowest is waited for, and one that has yet to send', () => {
  const [far, near] = [right(40, { ad: 'b', origins: 2 }), right(11, { origin: 1, origins: 2 })]
  expect(made(LEFT, [left(10), far, near, right(41, { origin: 1, origins: 2, ad: 'b' })]).results).toEqual([
    '',
    '',
    '0-2',
    '',
  ])
  expect(made(LEFT, [left(10), far, right(18, { origin: 1, origins: 2, ad: 'b' })]).results).toEqual([
    '',
    '',
    '0-',
  ])
})

test('an origin that sends nothing for a minute of append time is waited for no longer', () => {
  const far = right(40, { ad: 'b', origins: 2 })
  const later = (wait: number) => left(50, { wait })
  expect(made(LEFT, [left(10), far, later(60_000)]).results).toEqual(['', '', ''])
  expect(made(LEFT, [left(10), far, right(41, { ad: 'b', wait: 30_000 }), later(30_001)]).results).toEqual([
    '',
    '',
    '',
    '0-',
  ])
})

test('a side that sends seldom moves on all the same: a minute after a row, all that sent nothing are left out', () => {
  const far = right(40, { ad: 'b', origins: 2 })
  expect(made(LEFT, [left(10), far, left(50, { wait: 60_001 })]).results).toEqual(['', '', '0-'])
  expect(made(LEFT, [left(10), far, right(41, { ad: 'b', wait: 60_001 })]).results).toEqual(['', '', '0-'])
})

test('while a whole side is silent nothing is over, and when it goes on all of it has a minute again', () => {
  const first = [left(10), right(9, { ad: 'b', origins: 2 }), right(9, { ad: 'b', origin: 1, origins: 2 })]
  const silent = left(500, { wait: 600_000 })
  const [one, other] = [
    right(60, { ad: 'b', origins: 2, wait: 600_000 }),
    right(12, { origin: 1, origins: 2 }),
  ]
  expect(made(LEFT, [...first, silent, one, other]).results).toEqual(['', '', '', '', '', '0-5'])
})

test('a row that its side has moved past is late: it is counted and joins nothing', () => {
  const { results, state } = made(EACH, [left(10), right(16, { ad: 'b' }), right(13.999), right(14)])
  expect([results, state.late]).toEqual([['', '', '', '0-3'], 1])
})

test('a key that is full refuses rows, and counts them', () => {
  const { results, state } = made(EACH, [left(10), left(10), left(10), right(10), left(10)], 2)
  expect([results, state.crowded]).toEqual([['', '', '', '0-3 1-3', ''], 2])
})

test('nothing is kept of rows that nothing can meet any more', () => {
  const { state } = made(EACH, [left(10), right(10), left(40, { ad: 'b' }), right(40, { ad: 'b' })])
  const kept = state.changes().map(([key, bytes]) => `${key} ${bytes === null ? 'gone' : 'kept'}`)
  expect(kept.sort()).toEqual([' kept', '=["u","a"] gone', '=["u","b"] kept'])
})
