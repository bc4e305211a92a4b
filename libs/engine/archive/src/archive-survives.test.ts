import { PlatformError } from '@tidewater/base'
import type { EventLog, Lake, LoadedRows, ParquetWriter, RawFile, RawTables } from '@tidewater/ports'
import { openTestPlatform } from '@tidewater/testing/platform'
import { openArchiving, type Archiving } from '@tidewater/testing/archiving'
import { afterEach, beforeEach, expect, test } from 'vitest'

let p: Archiving

beforeEach(async () => {
  p = await openArchiving()
})
afterEach(() => p.close())

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

test('a full disk stops nothing for ever and loses nothing', async () => {
  let fails = 2
  const writer: ParquetWriter = {
    ...p.ports.writer,
    write: async (event, lines, file) => {
      if (fails-- > 0) throw new PlatformError('UNAVAILABLE', 'no space left on device', 'make room')
      await p.ports.writer.write(event, lines, file)
    },
  }
  const archive = await p.start({ limits: { rows: 4 } }, { writer })
  await p.produce(0, 0, 10)
  await p.archivedTo(0, 10)
  expect(await p.archived(0)).toEqual(upTo(10))
  expect(archive.counters()['archive_retries']).toBe(2)
})

test('a zombie that closes the same range loses, goes on behind the winner and no record is twice in the lake', async () => {
  const host = p.world.process('other')
  const other = await p.during(host.ports(p))
  let stolen = false
  const thief: Lake = {
    ...p.lake,
    add: async (entry, file) => {
      if (!stolen && entry.partition === 0) {
        stolen = true
        const copy = other.lake.temporary()
        const lines = file === null ? [] : p.linesOf(file).slice(0, 2)
        await other.writer.write(p.event, [`${lines.join('\n')}\n`], copy)
        await other.lake.add({ ...entry, next: 2, rows: 2 }, copy)
      }
      return p.lake.add(entry, file)
    },
  }
  await p.produce(0, 0, 6)
  const archive = await p.start({}, { lake: thief })
  await p.archivedTo(0, 6)
  expect(await p.archived(0)).toEqual(upTo(6))
  expect(archive.counters()['entries_lost']).toBe(1)
  await p.until(async () => (await p.during(p.world.disk.files(host.process).list('/lake/tmp'))).length === 0)
})

/** A raw table that is away at first, dies after an insert went through, and counts what it was given. */
const flakyTables = (failures: number) => {
  const rows: { partition: number; offset: number }[] = []
  let left = failures
  const trouble = (): void => {
    if (left-- > 0) throw new PlatformError('UNAVAILABLE', 'socket hang up', 'start it')
  }
  const of = (partition: number) => rows.filter((row) => row.partition === partition)
  const raw: RawTables = {
    prepare: async () => trouble(),
    loaded: async (_event, partition): Promise<LoadedRows> => ({
      rows: of(partition).length,
      next: Math.max(-1, ...of(partition).map((row) => row.offset)) + 1,
    }),
    count: async (_event, partition, from, next) =>
      of(partition).filter((row) => row.offset >= from && row.offset < next).length,
    load: async (_event, file: RawFile) => {
      trouble()
      rows.push(
        ...p
          .offsetsOf(file.path)
          .filter((offset) => offset >= file.from && offset < file.next)
          .map((offset) => ({ partition: file.partition, offset })),
      )
      trouble()
    },
    remove: async (_event, partition, from, next) => {
      for (let i = rows.length - 1; i >= 0; i--) {
        const row = rows[i]
        if (row?.partition === partition && row.offset >= from && row.offset < next) rows.splice(i, 1)
      }
    },
    close: async () => undefined,
  }
  return { raw, rows }
}

test('every row is loaded into the raw table once, also when it is away or its answers are lost', async () => {
  const { raw, rows } = flakyTables(3)
  const archive = await p.start({ limits: { rows: 5 } }, { raw })
  await p.produce(0, 0, 23)
  await p.archivedTo(0, 23)
  await p.until(() => rows.length === 23)
  expect(rows.map((row) => row.offset).sort((a, b) => a - b)).toEqual(upTo(23))
  expect(archive.counters()['raw_retries']).toBeGreaterThanOrEqual(2)
})

test('rows the raw table lost are loaded again', async () => {
  const { raw, rows } = flakyTables(0)
  const first = await p.start({ limits: { rows: 5 } }, { raw })
  await p.produce(0, 0, 23)
  await p.until(() => rows.length === 23)
  await p.stop(first)
  rows.splice(7, 1)
  const second = await p.start({ limits: { rows: 5 } }, { raw })
  await p.until(() => rows.length === 23)
  expect(new Set(rows.map((row) => row.offset)).size).toBe(23)
  expect(second.counters()['raw_repairs']).toBe(1)
})

test('a partition whose log begins beyond its archive goes on from there and says what is lost; the others go on too', async () => {
  const first = await p.start()
  await p.produce(0, 0, 3)
  await p.produce(1, 0, 3)
  await p.archivedTo(0, 3)
  await p.archivedTo(1, 3)
  await p.stop(first)
  await p.produce(0, 3, 10)
  await p.produce(1, 3, 10)
  const log: EventLog = {
    ...p.log,
    bounds: async (topic) =>
      (await p.log.bounds(topic)).map((bounds) =>
        topic === p.topic && bounds.partition === 0 ? { ...bounds, low: 5 } : bounds,
      ),
  }
  const archive = await p.start({}, { log })
  await p.archivedTo(0, 10)
  await p.archivedTo(1, 10)
  expect(await p.archived(0)).toEqual([0, 1, 2, 5, 6, 7, 8, 9])
  expect(await p.archived(1)).toEqual(upTo(10))
  const lost = await p.entries()
  expect(lost.reduce((sum, { partition, missed }) => sum + (partition === 0 ? missed : 0), 0)).toBe(2)
  expect(lost.reduce((sum, { partition, missed }) => sum + (partition === 1 ? missed : 0), 0)).toBe(0)
  expect(archive.counters()['records_missed']).toBe(2)
  expect(p.said.warn).toEqual([
    'records [3, 5) of event.sale/0 were deleted by retention before they were archived: load them again from their source',
  ])
})

test('a partition whose log lost what is archived stands still and says so; the others go on', async () => {
  const first = await p.start()
  await p.produce(0, 0, 5)
  await p.archivedTo(0, 5)
  await p.stop(first)
  const { log } = await openTestPlatform({ catalog: p.catalog })
  await p.produce(0, 0, 2, log)
  await p.produce(1, 0, 4, log)
  const archive = await p.start({}, { log })
  await p.archivedTo(1, 4)
  expect(await p.archived(0)).toEqual(upTo(5))
  expect(archive.counters()['partitions_halted']).toBe(1)
  expect(p.said.warn).toEqual([
    'the log of event.sale/0 ends at 2, but records below 5 are archived: its topic was replaced; restore it, or start with another LAKE_DIR',
  ])
  expect((await p.during(p.registry.workers()))[0]?.troubles).toEqual(p.said.warn)
})

test('a fault of the program ends the archive with its cause; nothing is tried again', async () => {
  let writes = 0
  const writer: ParquetWriter = {
    ...p.ports.writer,
    write: async (event, lines, file) => {
      if (writes++ === 0) throw new TypeError('lines is not iterable')
      await p.ports.writer.write(event, lines, file)
    },
  }
  const archive = await p.start({}, { writer })
  await p.produce(0, 0, 1)
  await expect(p.during(archive.done)).rejects.toThrow('lines is not iterable')
  expect(writes).toBe(1)
  await expect(p.stop(archive)).rejects.toThrow('lines is not iterable')
})
