// Long because the cases share one archive under test and read as one story.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { PlatformError } from '@tidewater/base'
import type { EventLog, Lake, LoadedRows, ParquetWriter, RawFile, RawTables } from '@tidewater/ports'
import { openTestPlatform, type TestPlatform } from '@tidewater/testing/platform'
import { runArchive, type RunningArchive } from './run-archive.ts'
import { ENTRY_LIMITS, type EntryLimits } from './partition-archive.ts'
import { saleArchived, saleCatalog, saleRecord, saleRow } from './test-event.ts'

const TOPIC = 'event.sale'

let p: TestPlatform
let log: EventLog
let lake: Lake
const running: RunningArchive[] = []

const start = async (
  over: {
    writer?: ParquetWriter
    lake?: Lake
    raw?: RawTables
    limits?: Partial<EntryLimits>
    name?: string
    warn?: (sentence: string) => void
  } = {},
) => {
  const ports = {
    ...{ ...p.ports, log, lake: over.lake ?? lake },
    writer: over.writer ?? p.ports.writer,
    raw: over.raw ?? null,
  }
  const starting = runArchive(ports, {
    name: over.name ?? 'archive-1',
    pid: 1,
    events: [saleArchived],
    limits: { ...ENTRY_LIMITS, ms: 20, ...over.limits },
    warn: over.warn ?? (() => undefined),
  })
  const archive = await p.during(starting)
  running.push(archive)
  return archive
}
const produce = (partition: number, from: number, to: number) =>
  log.append(
    TOPIC,
    Array.from({ length: to - from }, (_, n) =>
      saleRecord(partition, `i${from + n}`, saleRow({ at: from + n })),
    ),
  )
/** A file as it is on the disk: a line of JSON a row. */
const textOf = (path: string): string => new TextDecoder().decode(p.world.disk.read(path))
const offsetsOf = (path: string): number[] =>
  textOf(path)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { _offset: number })._offset)
const entriesNow = () => p.during(lake.entries(TOPIC))
const offsetsIn = async (partition: number): Promise<number[]> =>
  (await entriesNow())
    .filter((entry) => entry.partition === partition)
    .flatMap(({ file }) => (file === null ? [] : offsetsOf(lake.path(file))))
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
const nextOf = (partition: number) => p.during(lake.next({ topic: TOPIC, partition }))
const archivedTo = (partition: number, next: number) =>
  p.until(async () => (await nextOf(partition)) === next)
const stop = (archive: RunningArchive | undefined) => p.during(Promise.resolve(archive?.stop()))

beforeEach(async () => {
  p = await openTestPlatform({ catalog: saleCatalog, startMs: 1_000_000 })
  log = p.log
  lake = p.lake
})
afterEach(async () => {
  for (const archive of running.splice(0)) await stop(archive)
  await p.close()
})

test('records become entries that tile, closed by rows and by time', async () => {
  await produce(0, 0, 25)
  const archive = await start({ limits: { rows: 10 } })
  await archivedTo(0, 25)
  const entries = await entriesNow()
  expect(entries.map((entry) => [entry.from, entry.next, entry.rows])).toEqual([
    [0, 10, 10],
    [10, 20, 10],
    [20, 25, 5],
  ])
  expect(entries.at(-1)).toMatchObject({ lastAppended: 1_000_000, maxEventTime: 24 })
  expect(await offsetsIn(0)).toEqual(upTo(25))
  await p.until(() => archive.counters()['entries_added'] === 3)
  expect(archive.counters()['events_archived']).toBe(25)
})

test('append time never goes back, also across entries and restarts', async () => {
  p.setClock(5_000_000)
  await produce(0, 0, 2)
  const first = await start()
  await archivedTo(0, 2)
  await stop(first)
  p.setClock(4_000_000)
  await produce(0, 2, 4)
  await start()
  await archivedTo(0, 4)
  expect((await entriesNow()).map((entry) => entry.lastAppended)).toEqual([5_000_000, 5_000_000])
})

test('a bad record becomes a dead letter with its reason and place; its neighbours are kept', async () => {
  await log.append(TOPIC, [
    saleRecord(1, 'a', saleRow({})),
    saleRecord(1, 'b', 'no json'),
    saleRecord(1, 'c', saleRow({})),
  ])
  await start()
  await archivedTo(1, 3)
  expect(await offsetsIn(1)).toEqual([0, 2])
  expect(await entriesNow()).toMatchObject([{ rows: 2, dead: 1 }])
  const letters: Record<string, unknown>[] = []
  const reader = await log.read(
    { group: 'test', topics: [`${TOPIC}.dead`], maxBytesPerPartition: 1e6, maxWaitMs: 10 },
    {
      assigned: async (owned) => owned.map(() => 0),
      revoked: () => undefined,
      batch: async ({ records }) =>
        void letters.push(
          ...records.map((r) => ({ ...r.headers, value: Buffer.from(r.value ?? []).toString() })),
        ),
    },
  )
  await p.until(() => letters.length === 1)
  expect(letters[0]).toMatchObject({
    id: `${TOPIC}/1/1`,
    reason: 'not a JSON object',
    offset: '1',
    value: 'no json',
    'original.id': 'b',
  })
  await reader.stop()
})

test('a full disk stops nothing for ever and loses nothing', async () => {
  let fails = 2
  const writer: ParquetWriter = {
    ...p.ports.writer,
    write: async (event, lines, file) => {
      if (fails-- > 0) throw new PlatformError('UNAVAILABLE', 'no space left on device', 'make room')
      await p.ports.writer.write(event, lines, file)
    },
  }
  const archive = await start({ writer, limits: { rows: 4 } })
  await produce(0, 0, 10)
  await archivedTo(0, 10)
  expect(await offsetsIn(0)).toEqual(upTo(10))
  expect(archive.counters()['archive_retries']).toBe(2)
})

test('a zombie that closes the same range loses, goes on behind the winner and no record is twice in the lake', async () => {
  const host = p.world.process('other')
  const other = await p.during(host.ports(p))
  let stolen = false
  const thief: Lake = {
    ...lake,
    add: async (entry, file) => {
      if (!stolen && entry.partition === 0) {
        stolen = true
        const copy = other.lake.temporary()
        const lines = file === null ? [] : textOf(file).split('\n').slice(0, 2)
        await other.writer.write(saleArchived.event, [`${lines.join('\n')}\n`], copy)
        await other.lake.add({ ...entry, next: 2, rows: 2 }, copy)
      }
      return lake.add(entry, file)
    },
  }
  await produce(0, 0, 6)
  const archive = await start({ lake: thief })
  await archivedTo(0, 6)
  expect(await offsetsIn(0)).toEqual(upTo(6))
  expect(archive.counters()['entries_lost']).toBe(1)
  await p.until(async () => (await p.during(p.world.disk.files(host.process).list('/lake/tmp'))).length === 0)
})

test('workers that come and go share the partitions', async () => {
  await start({ name: 'one', limits: { rows: 7 } })
  for (let n = 0; n < 5; n++) {
    await produce(0, n * 20, n * 20 + 20)
    await produce(1, n * 20, n * 20 + 20)
    if (n === 1) await start({ name: 'two', limits: { rows: 7 } })
    if (n === 3) await stop(running.shift())
  }
  await archivedTo(0, 100)
  await archivedTo(1, 100)
  expect(await offsetsIn(0)).toEqual(upTo(100))
  expect(await offsetsIn(1)).toEqual(upTo(100))
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
        ...offsetsOf(file.path)
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
  const archive = await start({ raw, limits: { rows: 5 } })
  await produce(0, 0, 23)
  await archivedTo(0, 23)
  await p.until(() => rows.length === 23)
  expect(rows.map((row) => row.offset).sort((a, b) => a - b)).toEqual(upTo(23))
  expect(archive.counters()['raw_retries']).toBeGreaterThanOrEqual(2)
})

test('a partition whose log begins beyond its archive goes on from there and says what is lost; the others go on too', async () => {
  const first = await start()
  await produce(0, 0, 3)
  await produce(1, 0, 3)
  await archivedTo(0, 3)
  await archivedTo(1, 3)
  await stop(first)
  await produce(0, 3, 10)
  await produce(1, 3, 10)
  const whole = log
  log = {
    ...whole,
    bounds: async (topic) =>
      (await whole.bounds(topic)).map((bounds) =>
        topic === TOPIC && bounds.partition === 0 ? { ...bounds, low: 5 } : bounds,
      ),
  }
  const warnings: string[] = []
  const archive = await start({ warn: (sentence) => void warnings.push(sentence) })
  await archivedTo(0, 10)
  await archivedTo(1, 10)
  expect(await offsetsIn(0)).toEqual([0, 1, 2, 5, 6, 7, 8, 9])
  expect(await offsetsIn(1)).toEqual(upTo(10))
  const lost = (await entriesNow()).map(({ partition, missed }) => ({ partition, missed }))
  expect(lost.reduce((sum, { partition, missed }) => sum + (partition === 0 ? missed : 0), 0)).toBe(2)
  expect(lost.reduce((sum, { partition, missed }) => sum + (partition === 1 ? missed : 0), 0)).toBe(0)
  expect(archive.counters()['records_missed']).toBe(2)
  expect(warnings).toEqual([
    'records [3, 5) of event.sale/0 were deleted by retention before they were archived: load them again from their source',
  ])
})

test('a partition whose log lost what is archived stands still and says so; the others go on', async () => {
  const first = await start()
  await produce(0, 0, 5)
  await archivedTo(0, 5)
  await stop(first)
  log = (await openTestPlatform({ catalog: saleCatalog })).log
  await produce(0, 0, 2)
  await produce(1, 0, 4)
  const warnings: string[] = []
  const archive = await start({ warn: (sentence) => void warnings.push(sentence) })
  await archivedTo(1, 4)
  expect(await offsetsIn(0)).toEqual(upTo(5))
  expect(archive.counters()['partitions_halted']).toBe(1)
  expect(warnings).toEqual([
    'the log of event.sale/0 ends at 2, but records below 5 are archived: its topic was replaced; restore it, or start with another LAKE_DIR',
  ])
  expect((await p.during(p.registry.workers()))[0]?.troubles).toEqual(warnings)
})

test('a fault of the program ends the archive with its cause; nothing is tried again', async () => {
  const writer: ParquetWriter = {
    ...p.ports.writer,
    write: async () => {
      throw new TypeError('lines is not iterable')
    },
  }
  const archive = await start({ writer })
  await produce(0, 0, 1)
  await expect(p.during(archive.done)).rejects.toThrow('lines is not iterable')
  running.splice(0)
})

test('all partitions together hold a bounded number of bytes: the largest entries close first', async () => {
  await start({ limits: { ms: 3_600_000, heldBytes: 4_000 } })
  // A row is about 130 bytes: partition 0 alone is over the bound, partition 1 never has its share.
  await produce(1, 0, 3)
  for (let n = 0; n < 4; n++) await produce(0, n * 40, n * 40 + 40)
  await archivedTo(0, 160)
  expect(await nextOf(1)).toBe(0)
})

test('rows the raw table lost are loaded again', async () => {
  const { raw, rows } = flakyTables(0)
  const first = await start({ raw, limits: { rows: 5 } })
  await produce(0, 0, 23)
  await p.until(() => rows.length === 23)
  await stop(first)
  rows.splice(7, 1)
  const second = await start({ raw, limits: { rows: 5 } })
  await p.until(() => rows.length === 23)
  expect(new Set(rows.map((row) => row.offset)).size).toBe(23)
  expect(second.counters()['raw_repairs']).toBe(1)
})
