import { describe, expect, test } from 'vitest'
import { checkHeader, isComplete, lacksPart } from './check-header.ts'
import { decodeHeader, encodeHeader, sliceOf, type Header } from './header.ts'
import { GENESIS, type Pointer } from './pointer.ts'
import {
  commitHeader,
  grow,
  halt,
  markStrayed,
  own,
  recordCut,
  register as registerWith,
  renew,
  retire,
  seedHeader,
  type Move,
} from './protocol.ts'

const place = { topic: 'event.sale', partition: 1 }
const first = own(seedHeader(GENESIS, place, { end: 0, partitions: 2, strayed: false }, 'n0'), 't1', 'n1')
const register = (h: Header, g: { number: number; id: string; cut: number }, nonce: string): Move =>
  registerWith(h, { ...g, strayed: false, lacks: [] }, nonce)
const progress = {
  maxEventTime: 5,
  lastAppended: 7,
  carried: null,
  passed: { read: 0, applied: 0, duplicate: 0, dead: 0 },
}
const commit = (h: Header, nextOffset: number, nonce: string, fingerprints = ['f1']): Header =>
  commitHeader(h, { ...progress, nextOffset, fingerprints }, nonce)
const headerOf = (move: Move): Header => {
  if (move.kind === 'refused') throw new Error(`refused: ${move.reason}`)
  return move.header
}
const reasonOf = (move: Move): string => (move.kind === 'refused' ? move.reason : move.kind)
const g0 = { number: 0, id: 'g0' }

test('a header survives its bytes; damage is said', () => {
  const h = commit(first, 10, 'n2')
  expect(decodeHeader(encodeHeader(h))).toEqual(h)
  for (const bad of ['', '{', 'null', '{}', '[1]']) {
    expect(() => decodeHeader(new TextEncoder().encode(bad))).toThrow('not readable')
  }
})

test('every change is a new revision; cuts and strays leave the state revision', () => {
  const h = commit(first, 10, 'n2')
  expect([h.revision, h.stateRevision]).toEqual(['n2', 'n2'])
  const cut = headerOf(recordCut(h, { number: 1, newest: g0 }, 'n3'))
  expect([cut.revision, cut.stateRevision]).toEqual(['n3', 'n2'])
  const strayed = headerOf(markStrayed(cut, 'n4'))
  expect([strayed.revision, strayed.stateRevision, strayed.strayed]).toEqual(['n4', 'n2', true])
  expect(renew(strayed, 'n')).toEqual({ ...strayed, revision: 'n', stateRevision: 'n' })
  const registered = headerOf(register(strayed, { number: 1, id: 'g1-a', cut: 10 }, 'n5'))
  expect([registered.revision, registered.stateRevision, registered.loaded]).toEqual(['n5', 'n5', 'g1-a'])
  const retired = headerOf(retire(registered, 1, 'n6'))
  expect([retired.revision, retired.stateRevision, retired.floor]).toEqual(['n6', 'n6', 1])
  expect(retired.cuts).toEqual([{ number: 1, id: 'g1-a', cut: 10 }])
})

describe('cuts', () => {
  test('C1: a cut is never below an earlier one', () => {
    const ahead = headerOf(register(commit(first, 3, 'n2'), { number: 1, id: 'g1', cut: 20 }, 'n3'))
    const next = headerOf(recordCut(ahead, { number: 2, newest: { number: 1, id: 'g1' } }, 'n4'))
    expect(next.cuts.at(-1)).toEqual({ number: 2, id: null, cut: 20 })
  })
  test('C3: none while the newest durable generation is not registered', () => {
    expect(reasonOf(recordCut(first, { number: 2, newest: { number: 1, id: 'g1' } }, 'n'))).toBe(
      'unregistered',
    )
    const other = headerOf(register(first, { number: 1, id: 'g1-b', cut: 0 }, 'n'))
    expect(reasonOf(recordCut(other, { number: 2, newest: { number: 1, id: 'g1-a' } }, 'n'))).toBe(
      'unregistered',
    )
  })
  test('recorded once; a lower number comes too late', () => {
    const h = headerOf(recordCut(commit(first, 4, 'n2'), { number: 2, newest: g0 }, 'n3'))
    expect(recordCut(commit(h, 9, 'n4'), { number: 2, newest: g0 }, 'n5').kind).toBe('same')
    expect(reasonOf(recordCut(h, { number: 1, newest: g0 }, 'n5'))).toBe('stale')
  })
  test('C2: a slice is the highest generation whose cut is at or below', () => {
    const cuts = [0, 10, 10, 20].map((cut, number) => ({ number, id: null, cut }))
    expect([0, 9, 10, 19, 20, 99].map((o) => sliceOf(cuts, o))).toEqual([0, 0, 2, 2, 3, 3])
    expect(sliceOf(cuts.slice(1), 9)).toBe(-1)
  })
})

describe('registering', () => {
  const cut1 = headerOf(recordCut(commit(first, 10, 'n2'), { number: 1, newest: g0 }, 'n3'))
  test('needs the recorded cut', () => {
    for (const cut of [9, 11])
      expect(reasonOf(register(cut1, { number: 1, id: 'g1', cut }, 'n'))).toBe('conflict')
    expect(register(cut1, { number: 1, id: 'g1', cut: 10 }, 'n').kind).toBe('moved')
  })
  test('of a cut this store lost: only if nothing lies beyond it', () => {
    expect(reasonOf(register(commit(first, 10, 'n2'), { number: 1, id: 'g1', cut: 9 }, 'n'))).toBe('conflict')
    expect(register(commit(first, 10, 'n2'), { number: 1, id: 'g1', cut: 12 }, 'n').kind).toBe('moved')
  })
  test('refuses when a higher number has a lower cut, or a lower number a higher one', () => {
    const cut5 = headerOf(recordCut(commit(first, 10, 'n2'), { number: 5, newest: g0 }, 'n3'))
    expect(reasonOf(register(cut5, { number: 3, id: 'g3', cut: 11 }, 'n'))).toBe('conflict')
    expect(register(cut5, { number: 3, id: 'g3', cut: 10 }, 'n').kind).toBe('moved')
    const lost = { ...cut5, nextOffset: 2 }
    expect(reasonOf(register(lost, { number: 7, id: 'g7', cut: 9 }, 'n'))).toBe('conflict')
  })
  test('again is nothing; a winner replaces a loser of the same cut', () => {
    const h = headerOf(register(cut1, { number: 1, id: 'g1-a', cut: 10 }, 'n4'))
    expect(register(h, { number: 1, id: 'g1-a', cut: 10 }, 'n').kind).toBe('same')
    expect(headerOf(register(h, { number: 1, id: 'g1-b', cut: 10 }, 'n5')).cuts.at(-1)?.id).toBe('g1-b')
  })
})

test('strays are known from the header or from the generation; registering forgets neither', () => {
  const strayedOf = (before: boolean, strayed: boolean): boolean =>
    headerOf(
      registerWith({ ...first, strayed: before }, { number: 1, id: 'g1', cut: 0, strayed, lacks: [] }, 'n'),
    ).strayed
  expect([strayedOf(true, false), strayedOf(false, true), strayedOf(false, false)]).toEqual([
    true,
    true,
    false,
  ])
})

test('a header made in a store that had lost it says so until the end the log had then is applied', () => {
  const newest: Pointer = { ...GENESIS, number: 4, id: 'g4', cuts: [{ ...place, cut: 30 }] }
  const seeded = own(seedHeader(newest, place, { end: 50, partitions: 2, strayed: false }, 'n0'), 't1', 'n1')
  expect([seeded, commit(seeded, 49, 'n2'), commit(seeded, 50, 'n2')].map((h) => h.rebuildTo)).toEqual([
    50,
    50,
    null,
  ])
})

test('a halt is said until the partition is taken anew, and leaves the state revision', () => {
  const halted = headerOf(halt(first, 'the log ends at 5', 'n2'))
  expect([halted.halted, halted.revision, halted.stateRevision]).toEqual(['the log ends at 5', 'n2', 'n1'])
  expect(commit(halted, 3, 'n3').halted).toBe('the log ends at 5')
  expect(own(halted, 't2', 'n3').halted).toBeNull()
})

test('the number of partitions only grows', () => {
  const grown = headerOf(grow(first, 8, 'n2'))
  expect([grown.partitions, grow(grown, 4, 'n3').kind]).toEqual([8, 'same'])
})

describe('seeding from a generation', () => {
  const newest: Pointer = { ...GENESIS, number: 4, id: 'g4', cuts: [{ ...place, cut: 30 }] }
  test('begins at the cut, unregistered until its batch part is loaded', () => {
    const h = seedHeader(newest, place, { end: 30, partitions: 2, strayed: false }, 'n')
    expect([h.nextOffset, h.floor, h.carried, h.cuts]).toEqual([30, 4, 0, [{ number: 4, id: null, cut: 30 }]])
    expect(checkHeader(h, newest, place)).toEqual({ kind: 'stale', why: 'unregistered' })
  })
  test('a partition the generation does not know begins at 0, readable at once', () => {
    const elsewhere = { ...place, partition: 7 }
    const h = seedHeader(newest, elsewhere, { end: 0, partitions: 2, strayed: false }, 'n')
    expect([h.nextOffset, h.carried]).toEqual([0, null])
    expect(checkHeader(h, newest, elsewhere)).toEqual({ kind: 'current', cut: 0, next: 0 })
  })
})

test('R1: a reader uses a header only with the floor, id and cut of its pointer', () => {
  const cut1 = headerOf(recordCut(commit(first, 10, 'n2'), { number: 1, newest: g0 }, 'n3'))
  const h = headerOf(register(cut1, { number: 1, id: 'g1', cut: 10 }, 'n4'))
  const g1: Pointer = { ...GENESIS, number: 1, id: 'g1', cuts: [{ ...place, cut: 10 }] }
  expect(checkHeader(h, GENESIS, place)).toEqual({ kind: 'current', cut: 0, next: 10 })
  expect(checkHeader(h, g1, place)).toEqual({ kind: 'current', cut: 10, next: 10 })
  expect(checkHeader(h, { ...g1, id: 'g1-other' }, place).kind).toBe('stale')
  expect(checkHeader(h, { ...g1, cuts: [] }, place).kind).toBe('stale')
  expect(checkHeader(headerOf(retire(h, 1, 'n5')), GENESIS, place)).toEqual({ kind: 'stale', why: 'retired' })
  expect(checkHeader(null, GENESIS, place)).toEqual({ kind: 'stale', why: 'absent' })
})

test('C5: a fingerprint is whole from the first cut at or behind the offset it is maintained from', () => {
  const h = commit(commit(first, 10, 'n2', ['old']), 15, 'n3', ['old', 'new'])
  expect(h.since).toEqual({ old: 0, new: 10 })
  expect([isComplete(h, GENESIS, place, 'old'), isComplete(h, GENESIS, place, 'new')]).toEqual([true, false])
  const isWholeFrom = (cut: number): boolean =>
    isComplete(h, { ...GENESIS, cuts: [{ ...place, cut }] }, place, 'new')
  expect([isWholeFrom(9), isWholeFrom(10)]).toEqual([false, true])
  expect(isComplete(h, GENESIS, place, 'unknown')).toBe(false)
  expect(commit(h, 16, 'n4', ['new']).since).toEqual({ new: 10 })
})

test('a generation named without some of its parts says so until somebody has loaded them', () => {
  const named = (h: Header, lacks: readonly string[], nonce: string): Move =>
    registerWith(h, { number: 1, id: 'g1', cut: 0, strayed: false, lacks }, nonce)
  const pointer: Pointer = { ...GENESIS, number: 1, id: 'g1', fingerprints: { A: 'fa', B: 'fb' } }
  const lacking = (move: Move): readonly string[] =>
    move.kind === 'refused' ? [] : ['fa', 'fb'].filter((f) => lacksPart(move.header, pointer, f))
  const partly = named(first, ['fa', 'fb'], 'n2')
  expect([partly.kind, lacking(partly)]).toEqual(['moved', ['fa', 'fb']])
  const again = named(headerOf(partly), ['fb'], 'n3')
  expect([again.kind, lacking(again)]).toEqual(['moved', ['fb']])
  expect(named(headerOf(again), ['fa', 'fb'], 'n4').kind).toBe('same')
  expect(lacking(named(headerOf(again), ['fa'], 'n5'))).toEqual([])
})
