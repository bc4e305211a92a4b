import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LakeEntry, NewLakeEntry } from '@tidewater/ports'
import { nextRewrite } from './compact.ts'

const entryOf = (from: number, next: number): NewLakeEntry => ({
  ...{
    topic: 'event.sale',
    partition: 0,
    from,
    next,
    level: 0,
    rows: next - from,
    dead: 0,
    absent: 0,
    missed: 0,
  },
  ...{ lastAppended: next, maxEventTime: next },
})

test('however definitions alternate, entries nest, keep tiling, stay few and never mix columns', () => {
  const kinds = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', null), fc.integer({ min: 1, max: 120 })), {
    minLength: 1,
    maxLength: 8,
  })
  fc.assert(
    fc.property(kinds, (phases) => {
      let tiles: LakeEntry[] = []
      let offset = 0
      for (const [kind, entries] of phases)
        for (let n = 0; n < entries; n++) {
          tiles.push({ ...entryOf(offset, ++offset), file: kind, bytes: 1, sha256: null })
          for (;;) {
            const rewrite = nextRewrite(tiles, offset, (file) => file)
            if (rewrite === null) break
            const { entry, sources } = rewrite
            const kindsOf = new Set(sources.map(({ file }) => file).filter((file) => file !== null))
            expect(kindsOf.size).toBeLessThanOrEqual(1)
            // As the lake demands: a level goes on where it and all above it end.
            const end = Math.max(0, ...tiles.filter((t) => t.level >= entry.level).map((t) => t.next))
            expect(entry.from).toBe(end)
            const at = tiles.indexOf(sources[0]!)
            expect(tiles.slice(at, at + sources.length)).toEqual(sources)
            const joined = { ...entry, file: [...kindsOf][0] ?? null, bytes: 1, sha256: null }
            tiles = tiles.toSpliced(at, sources.length, joined)
          }
        }
      expect(tiles.map(({ from }) => from)).toEqual([0, ...tiles.slice(0, -1).map(({ next }) => next)])
      // Up to 15 of each of three levels beside one for each definition.
      expect(tiles.length).toBeLessThanOrEqual(3 * 15 + phases.length)
    }),
    { numRuns: 60 },
  )
})

test('an entry that goes beyond the cut is not rewritten: records beyond it are of another generation', () => {
  const tiles = [entryOf(0, 5), entryOf(5, 10), entryOf(10, 20)].map((entry) => ({
    ...entry,
    ...{ file: 'a', bytes: 1, sha256: null },
  }))
  expect(nextRewrite(tiles, 10, (file) => file)?.entry).toMatchObject({ from: 0, next: 10 })
  expect(nextRewrite(tiles, 19, (file) => file)?.entry).toMatchObject({ from: 0, next: 10 })
  expect(nextRewrite(tiles, 20, (file) => file)?.entry).toMatchObject({ from: 0, next: 20 })
})

test('files are joined only with such as have the same columns', () => {
  const tiles = ['a', 'a', 'b'].map((file, n) => ({
    ...entryOf(n, n + 1),
    ...{ file, bytes: 1, sha256: null },
  }))
  expect(nextRewrite(tiles, 3, (file) => file)?.entry).toMatchObject({ from: 0, next: 2 })
})
