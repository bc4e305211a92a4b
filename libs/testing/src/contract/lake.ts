import { beforeEach, describe, expect, test } from 'vitest'
import type { FileStore, GenerationRecord, Lake, NewLakeEntry } from '@tidewater/ports'

const entry = (from: number, next: number, level = 0): NewLakeEntry => ({
  topic: 'event.sale',
  partition: 0,
  from,
  next,
  level,
  rows: next - from,
  dead: 0,
  absent: 0,
  missed: 0,
  lastAppended: next * 10,
  maxEventTime: next * 10,
})

const ranges = async (lake: Lake) => (await lake.entries('event.sale')).map((tile) => [tile.from, tile.next])

/** What every Lake must do. `open` opens the lake of the current test once more, as another process would; `fresh` starts an empty one; `files` are where it lives. */
export const lakeContract = (
  title: string,
  make: { fresh(): Promise<void>; open(): Promise<Lake>; readonly files: FileStore },
): void => {
  const written = async (lake: Lake, text: string): Promise<string> => {
    const file = lake.temporary()
    await make.files.create(file, new TextEncoder().encode(text))
    return file
  }
  const exists = async (path: string): Promise<boolean> => (await make.files.stat(path)) !== null
  describe(`${title} as a Lake`, () => {
    let lake: Lake
    beforeEach(async () => {
      await make.fresh()
      lake = await make.open()
    })

    test('an empty lake is archived up to 0', async () => {
      expect(await lake.next({ topic: 'event.sale', partition: 0 })).toBe(0)
      expect(await lake.entries('event.sale')).toEqual([])
    })

    test('entries tile, keep their file and are seen by others', async () => {
      const other = await make.open()
      await other.entries('event.sale')
      expect(await lake.add(entry(0, 5), await written(lake, 'abc'))).toBe('added')
      expect(await lake.add({ ...entry(5, 9), rows: 0, absent: 4, maxEventTime: null }, null)).toBe('added')
      for (const reader of [lake, other, await make.open()]) {
        expect(await reader.next({ topic: 'event.sale', partition: 0 })).toBe(9)
        const [first, second] = await reader.entries('event.sale')
        expect(first).toMatchObject({ from: 0, next: 5, rows: 5, bytes: 3 })
        expect(first?.sha256).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
        expect(await exists(reader.path(first?.file ?? ''))).toBe(true)
        expect(second).toMatchObject({ from: 5, next: 9, file: null })
      }
    })

    test('of two archivers at one offset the first wins and the loser leaves nothing', async () => {
      const zombie = await make.open()
      await zombie.next({ topic: 'event.sale', partition: 0 })
      const [first, second] = [await written(lake, 'first'), await written(zombie, 'second')]
      const results = await Promise.all([lake.add(entry(0, 5), first), zombie.add(entry(0, 7), second)])
      expect([...results].sort()).toEqual(['added', 'lost'])
      expect(await ranges(lake)).toEqual(await ranges(zombie))
      expect((await lake.entries('event.sale')).length).toBe(1)
      expect([await exists(first), await exists(second)]).toEqual([false, false])
    })

    test('a gap, an overlap and an empty range are refused', async () => {
      await lake.add(entry(0, 5), await written(lake, 'a'))
      for (const wrong of [entry(6, 8), entry(4, 8), entry(5, 5)])
        expect(await lake.add(wrong, await written(lake, 'b'))).toBe('lost')
      expect(await ranges(lake)).toEqual([[0, 5]])
    })

    test('an entry whose counts do not make up its range is a fault of the program: nothing is added', async () => {
      await lake.add(entry(0, 3), await written(lake, 'a'))
      const file = await written(lake, 'b')
      await expect(lake.add({ ...entry(3, 9), rows: 3 }, file)).rejects.toThrow('[3, 9)')
      await expect(lake.add({ ...entry(3, 9), rows: 5, dead: 2 }, file)).rejects.toThrow('[3, 9)')
      expect(await ranges(lake)).toEqual([[0, 3]])
      expect(await lake.add({ ...entry(3, 9), rows: 2, dead: 1, absent: 1, missed: 2 }, file)).toBe('added')
    })

    test('a wider entry supersedes those it covers; retiring deletes them unless in use', async () => {
      const other = await make.open()
      for (const [from, next] of [
        [0, 5],
        [5, 9],
        [9, 12],
      ] as const)
        await lake.add(entry(from, next), await written(lake, `${from}`))
      await other.entries('event.sale')
      const [small] = await lake.entries('event.sale')
      expect(await lake.add(entry(0, 7, 1), await written(lake, 'cuts an entry'))).toBe('lost')
      expect(await lake.add(entry(0, 9, 1), await written(lake, 'wide'))).toBe('added')
      expect(await ranges(other)).toEqual([
        [0, 9],
        [9, 12],
      ])
      expect(await lake.retire('event.sale', (file) => file === small?.file)).toBe(1)
      expect(await exists(lake.path(small?.file ?? ''))).toBe(true)
      expect(await lake.retire('event.sale', () => false)).toBe(1)
      expect(await exists(lake.path(small?.file ?? ''))).toBe(false)
      for (const reader of [lake, other, await make.open()])
        expect(await ranges(reader)).toEqual([
          [0, 9],
          [9, 12],
        ])
    })

    test('an archiver that slept through a rewrite cannot bring a deleted entry back', async () => {
      const zombie = await make.open()
      await lake.add(entry(0, 5), await written(lake, 'a'))
      await zombie.next({ topic: 'event.sale', partition: 0 })
      await lake.add(entry(5, 9), await written(lake, 'b'))
      await lake.add(entry(0, 9, 1), await written(lake, 'ab'))
      await lake.retire('event.sale', () => false)
      expect(await zombie.add(entry(5, 8), await written(zombie, 'c'))).toBe('lost')
      expect(await lake.add(entry(9, 12), await written(lake, 'd'))).toBe('added')
      for (const reader of [lake, zombie, await make.open()])
        expect(await ranges(reader)).toEqual([
          [0, 9],
          [9, 12],
        ])
    })

    test('an entry whose file was changed is not intact', async () => {
      await lake.add(entry(0, 5), await written(lake, 'abc'))
      const [first] = await lake.entries('event.sale')
      if (first === undefined) throw new Error('no entry')
      expect(await lake.intact(first)).toBe(true)
      const path = lake.path(first.file ?? '')
      await make.files.remove(path)
      await make.files.rename(await written(lake, 'abd'), path)
      expect(await lake.intact(first)).toBe(false)
    })

    test('the last note of a reconcile is kept with its generation', async () => {
      await lake.noteReconcile('g1-a', { checked: 5, mismatched: 1, at: 10 })
      await lake.noteReconcile('g1-a', { checked: 5, mismatched: 0, at: 11 })
      expect((await (await make.open()).reconcileNotes()).get('g1-a')).toEqual({
        checked: 5,
        mismatched: 0,
        at: 11,
      })
    })

    test('a generation number is published once; removing frees it', async () => {
      const record = (number: number, id: string): GenerationRecord => ({
        number,
        id,
        builtAt: 1,
        cuts: [],
        fingerprints: {},
        duckdbFile: null,
        clickhouse: false,
        files: [],
      })
      expect(await lake.addGeneration(record(2, 'g2-a'))).toBe('added')
      expect(await (await make.open()).addGeneration(record(2, 'g2-b'))).toBe('lost')
      expect(await lake.addGeneration(record(1, 'g1-a'))).toBe('added')
      expect((await lake.generations()).map((generation) => generation.id)).toEqual(['g1-a', 'g2-a'])
      await lake.removeGeneration('g2-a')
      expect(await lake.addGeneration(record(2, 'g2-c'))).toBe('added')
      expect((await (await make.open()).generations()).map((generation) => generation.id)).toEqual([
        'g1-a',
        'g2-c',
      ])
    })
  })
}
