import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  MAX_SESSIONS,
  addSession,
  mergeSessions,
  noSessions,
  sessionEvents,
  sessionSeconds,
  sessionStart,
} from './session-list.ts'
import type { Sessions } from './session-list.ts'

const GAP = 10
const times = fc.array(fc.integer({ min: -200, max: 200 }), { maxLength: 30 })

const listOf = (all: readonly number[]): Sessions => {
  const list = noSessions()
  for (const at of all) addSession(list, at, at, 1, GAP)
  return list
}

/** Sorts, then cuts wherever the silence is longer than the gap. */
const naive = (all: readonly number[]): Sessions => {
  const list = noSessions()
  for (const at of [...all].sort((a, b) => a - b)) {
    const end = list.length - 2
    if (list.length === 1 || at - list[end]! > GAP) list.push(at, at, 1)
    else {
      list[end] = at
      list[end + 1]! += 1
    }
  }
  return list
}

describe('sessions', () => {
  it('are what sorting and cutting gives, in any order of rows', () => {
    fc.assert(
      fc.property(times, (all) => {
        expect(listOf(all)).toEqual(naive(all))
      }),
    )
  })
  it('merge into what all rows give, both ways round, and leave the other list as it was', () => {
    fc.assert(
      fc.property(times, times, times, (x, y, z) => {
        const [a, b, c] = [listOf(x), listOf(y), listOf(z)]
        const kept = [...b]
        mergeSessions(b, noSessions(), GAP)
        expect(b).toEqual(kept)
        const left = listOf(x)
        mergeSessions(left, b, GAP)
        mergeSessions(left, c, GAP)
        const right = listOf(z)
        mergeSessions(right, b, GAP)
        mergeSessions(right, a, GAP)
        expect(left).toEqual(naive([...x, ...y, ...z]))
        expect(right).toEqual(left)
        expect(b).toEqual(kept)
      }),
    )
  })
  it('a silence equal to the gap joins, one longer does not', () => {
    expect(listOf([0, 10, 21])).toEqual([0, 0, 10, 2, 21, 21, 1])
  })
  it('the open one is begun and silent for no longer than the gap', () => {
    const list = listOf([0, 4_000, 100_000].flatMap((at) => [at, at + 8]))
    expect(sessionSeconds(list, 18, GAP)).toBe(0.008)
    expect(sessionSeconds(list, 19, GAP)).toBe(0)
    expect(sessionEvents(list, 4_003, GAP)).toBe(2)
    expect(sessionEvents(list, 3_999, GAP)).toBe(0)
    expect(sessionStart(list, 100_018, GAP)).toBe(100_000)
    expect(sessionStart(list, 100_019, GAP)).toBeNull()
  })
  it('keep the newest thousand and say that some were dropped', () => {
    const list = listOf(Array.from({ length: MAX_SESSIONS + 5 }, (_, n) => n * 100))
    expect(list[0]).toBe(1)
    expect((list.length - 1) / 3).toBe(MAX_SESSIONS)
    expect(list[1]).toBe(500)
    const other = noSessions()
    mergeSessions(other, list, GAP)
    expect(other).toEqual(list)
  })
})
