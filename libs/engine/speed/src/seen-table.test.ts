import { hashId } from '@tidewater/base'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SeenChunk } from '@tidewater/ports'
import { SeenTable } from './seen-table.ts'

const hash = (text: string): Int32Array => {
  const out = new Int32Array(4)
  hashId(text, out)
  return out
}

test('the hash of an id never changes: it is kept in every store', () => {
  expect(['', 'a', 'order-1', 'ü€😀', 'x'.repeat(99)].map((text) => [...hash(text)].join()))
    .toMatchInlineSnapshot(`
    [
      "0,0,0,0",
      "1250447032,899193371,158606200,167510330",
      "-356733088,-1715961539,-2022783979,104703085",
      "684210740,1101754905,466984832,-2043447555",
      "222381000,-1588946851,26444547,1087181056",
    ]
  `)
})

test('no two of 600,000 ids share a hash', () => {
  const seen = new Set<string>()
  const out = new Int32Array(4)
  for (let i = 0; i < 300_000; i++) {
    hashId(`id-${i}`, out)
    seen.add(out.join())
    hashId(i.toString(36), out)
    seen.add(out.join())
  }
  expect(seen.size).toBe(600_000)
})

type Act = { readonly touch: number } | 'commit' | 'undo' | 'forget' | 'reload'
const acts = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.record({ touch: fc.nat(40) }) },
    fc.constantFrom('commit' as const, 'undo' as const, 'forget' as const, 'reload' as const),
  ),
  { maxLength: 300 },
)

test('agrees with a plain map through commits, undos, forgetting and loading again', () => {
  const horizon = 3 * 3_600_000
  fc.assert(
    fc.property(acts, fc.integer({ min: 60_000, max: 3_000_000 }), (script: Act[], pace) => {
      let table = new SeenTable()
      let stored: SeenChunk[] = []
      let [kept, now] = [new Map<number, number>(), new Map<number, number>()]
      let [at, storedAt] = [0, 0]
      for (const act of script) {
        if (act === 'commit') {
          stored = [...stored, ...table.pending()]
          table.committed(table.pendingCount)
          kept = new Map(now)
          storedAt = at
        } else if (act === 'undo') {
          table.undo()
          now = new Map(kept)
          at = storedAt
        } else if (act === 'forget') table.forget(storedAt - horizon)
        else if (act === 'reload') {
          table = new SeenTable()
          for (const chunk of stored) table.load(chunk)
          now = new Map(kept)
          at = storedAt
        } else {
          at += pace
          const before = table.touch(hash(`id-${act.touch}`), at)
          const truth = now.get(act.touch) ?? -1
          expect(before >= at - horizon && before >= 0).toBe(truth >= at - horizon && truth >= 0)
          now.set(act.touch, at)
        }
      }
    }),
    { numRuns: 300 },
  )
})

test('grows, and forgets what is too old', () => {
  const table = new SeenTable()
  for (let i = 0; i < 50_000; i++) expect(table.touch(hash(`id-${i}`), 1_000 + i)).toBeLessThan(0)
  table.committed(table.pendingCount)
  expect(table.size).toBe(50_000)
  table.forget(41_000)
  expect(table.size).toBe(10_000)
  expect(table.touch(hash('id-49999'), 60_000)).toBe(50_999)
  expect(table.touch(hash('id-0'), 60_000)).toBeLessThan(0)
})

test('an id takes 50 bytes at most, however many there are', () => {
  const table = new SeenTable()
  let worst = 0
  for (let i = 1; i <= 100_000; i++) {
    table.touch(hash(`id-${i}`), i)
    if (i > 1_024) worst = Math.max(worst, table.bytes / i)
  }
  expect(worst).toBeLessThanOrEqual(50)
  table.committed(table.pendingCount)
  table.forget(90_000)
  expect(table.bytes / table.size).toBeLessThanOrEqual(50)
})
