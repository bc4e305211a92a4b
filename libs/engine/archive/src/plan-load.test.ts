import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LakeEntry } from '@tidewater/ports'
import { horizonStart, nextLoad } from './plan-load.ts'

const entry = (from: number, next: number, rows: number, lastAppended = next): LakeEntry => ({
  topic: 't',
  partition: 0,
  from,
  next,
  level: 0,
  absent: 0,
  missed: 0,
  rows,
  dead: 0,
  lastAppended,
  maxEventTime: null,
  file: rows === 0 ? null : 'f',
  bytes: 0,
  sha256: null,
})

test('loads in order, skips entries without rows, ends', () => {
  const entries = [entry(0, 5, 5), entry(5, 9, 0), entry(9, 20, 3)]
  expect(nextLoad(entries, { rows: 0, next: 0 })).toMatchObject({
    kind: 'load',
    from: 0,
    after: { rows: 5, next: 5 },
  })
  expect(nextLoad(entries, { rows: 5, next: 5 })).toMatchObject({
    kind: 'load',
    from: 9,
    after: { rows: 8, next: 20 },
  })
  expect(nextLoad(entries, { rows: 8, next: 13 })).toEqual({ kind: 'done' })
})

test('an entry that was widened after a part of it was loaded is completed', () => {
  expect(nextLoad([entry(0, 20, 12)], { rows: 5, next: 7 })).toMatchObject({
    kind: 'load',
    from: 7,
    after: { rows: 12 },
  })
})

test('counts that contradict the manifest ask for a repair', () => {
  const entries = [entry(0, 5, 5), entry(5, 9, 4)]
  for (const loaded of [
    { rows: 3, next: 9 },
    { rows: 10, next: 9 },
    { rows: 5, next: 9 },
    { rows: 6, next: 5 },
    { rows: 5, next: 0 },
  ])
    expect(nextLoad(entries, loaded), JSON.stringify(loaded)).toEqual({ kind: 'repair' })
})

test('whatever was loaded and however entries were joined since, every row is loaded once', () => {
  const size = fc.record({ rows: fc.nat(4), gap: fc.nat(2) })
  fc.assert(
    fc.property(
      fc.array(size, { minLength: 1, maxLength: 12 }),
      fc.nat(),
      fc.nat(),
      (sizes, loadedSeed, joinSeed) => {
        let at = 0
        const small = sizes.map(({ rows, gap }) => entry(at, (at += rows + gap + 1), rows))
        const loadedCount = loadedSeed % (small.length + 1)
        const joined = joinSeed % (small.length + 1)
        const part = small.slice(0, loadedCount).filter((e) => e.rows > 0)
        // Rows sit at the start of their range; trailing offsets hold none.
        const last = part.at(-1)
        let loaded = {
          rows: part.reduce((n, e) => n + e.rows, 0),
          next: last === undefined ? 0 : last.from + last.rows,
        }
        const wide = small.slice(0, joined)
        const tiles =
          joined === 0
            ? small
            : [
                entry(
                  0,
                  wide.at(-1)?.next ?? 0,
                  wide.reduce((n, e) => n + e.rows, 0),
                ),
                ...small.slice(joined),
              ]
        for (let step = nextLoad(tiles, loaded); step.kind !== 'done'; step = nextLoad(tiles, loaded)) {
          if (step.kind === 'repair') throw new Error('repair')
          const { from } = step
          const fresh = small
            .flatMap((e) => Array.from({ length: e.rows }, (_, i) => e.from + i))
            .filter((o) => o >= from && o < step.entry.next)
          expect(fresh.length).toBe(step.after.rows - loaded.rows)
          loaded = step.after
        }
        expect(loaded.rows).toBe(small.reduce((n, e) => n + e.rows, 0))
      },
    ),
  )
})

test('the horizon reaches back to the entries that may hold an earlier copy', () => {
  const entries = [entry(0, 5, 5, 100), entry(5, 9, 4, 200), entry(9, 12, 3, 300)]
  const last = entries[2] as LakeEntry
  expect(horizonStart(entries, last, 1000)).toBe(0)
  expect(horizonStart(entries, last, 100)).toBe(0)
  expect(horizonStart(entries, last, 99)).toBe(5)
  expect(horizonStart(entries, last, 0)).toBe(5)
})
