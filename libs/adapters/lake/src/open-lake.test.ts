import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { fileStoreContract, lakeContract } from '@tidewater/testing/contract'
import { localFiles } from './local-files.ts'
import { localHost } from './local-host.ts'
import { openLake } from './open-lake.ts'

const directories: string[] = []
let current = ''
const fresh = async (): Promise<void> => {
  current = await mkdtemp(join(tmpdir(), 'lake-'))
  directories.push(current)
}
afterAll(async () => {
  for (const directory of directories) await rm(directory, { recursive: true, force: true })
})

lakeContract('The local lake', { fresh, open: () => openLake(current), files: localFiles })
fileStoreContract('The local file system', {
  files: localFiles,
  fresh: async () => {
    await fresh()
    return current
  },
})

test('opening sweeps what a dead process left and keeps what a living one writes', async () => {
  await fresh()
  const lake = await openLake(current)
  const own = lake.temporary()
  await writeFile(own, 'being written')
  const dead = own.replace(`.${process.pid}.`, '.999999999.')
  await writeFile(dead, 'left behind')
  await openLake(current)
  expect(await readdir(join(current, 'tmp'))).toEqual([own.split('/').at(-1)])
})

test('retiring deletes a file seen without an entry for an hour, however the wall clock jumps meanwhile', async () => {
  await fresh()
  let [wall, steady] = [Date.now(), 0]
  const clock = { now: () => wall, elapsed: () => steady }
  const lake = await openLake(current, { ...localHost, clock })
  const file = lake.temporary()
  await writeFile(file, 'x')
  const entry = {
    topic: 't',
    partition: 0,
    from: 0,
    next: 1,
    level: 0,
    absent: 0,
    missed: 0,
    rows: 1,
    dead: 0,
    lastAppended: 0,
    maxEventTime: 0,
  }
  await lake.add(entry, file)
  const directory = join(current, 'data', 't', '0')
  const retire = () => lake.retire('t', () => false)
  await writeFile(join(directory, 'old.parquet'), 'its entry is being written')
  expect(await retire()).toBe(0)
  wall += 2 * 3_600_000
  expect(await retire()).toBe(0)
  steady += 3_600_000
  await writeFile(join(directory, 'young.parquet'), 'its entry is being written')
  expect(await retire()).toBe(1)
  const [own] = await lake.entries('t')
  expect((await readdir(directory)).sort()).toEqual([own?.file?.split('/').at(-1), 'young.parquet'].sort())
})

test('a process that slept while everything it knew was rewritten twice sees all of the archive again', async () => {
  await fresh()
  const [sleeper, other] = [await openLake(current), await openLake(current)]
  const place = { topic: 't', partition: 0 }
  const add = (level: number, from: number, next: number): Promise<'added' | 'lost'> => {
    const counts = { absent: next - from, missed: 0, rows: 0, dead: 0, lastAppended: 0, maxEventTime: null }
    return other.add({ ...place, level, from, next, ...counts }, null)
  }
  await add(0, 0, 1)
  expect(await sleeper.next(place)).toBe(1)
  for (const from of [1, 2]) await add(0, from, from + 1)
  await add(1, 0, 2)
  await add(2, 0, 3)
  await other.retire('t', () => false)
  await add(0, 3, 4)
  expect(await sleeper.next(place)).toBe(4)
  const ranges = (await sleeper.entries('t')).map(({ from, next }) => [from, next])
  expect(ranges).toEqual([
    [0, 3],
    [3, 4],
  ])
})
