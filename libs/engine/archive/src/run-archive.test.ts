// Long because the cases share one archive under test and read as one story.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { PlatformError } from '@tidewater/base'
import { openLake } from '@tidewater/adapter-lake'
import type {
  EventLog,
  Lake,
  LoadedRows,
  ParquetWriter,
  RawFile,
  RawTables,
  Timers,
  WorkerRegistry,
} from '@tidewater/ports'
import {
  createMemoryClock,
  createMemoryEventLog,
  createMemoryStateStore,
  createMemoryWorkerRegistry,
} from '@tidewater/adapter-memory'
import { runArchive, type RunningArchive } from './run-archive.ts'
import { ENTRY_LIMITS, type EntryLimits } from './partition-archive.ts'
import { saleArchived, saleRecord, saleRow } from './test-event.ts'

const TOPIC = 'event.sale'
const timers: Timers = {
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}
/** The lines themselves are the file: what is in it can be read back without an engine. */
const plainWriter: ParquetWriter = {
  write: async (_event, lines, file) => writeFile(file, lines),
  alike: async (files) => [files],
  rewrite: async () => 0,
  close: async () => undefined,
}

let directory = ''
let log: EventLog
let lake: Lake
let registry: WorkerRegistry
const clock = createMemoryClock(1_000_000)
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
    log,
    clock,
    timers,
    lake: over.lake ?? lake,
    writer: over.writer ?? plainWriter,
    raw: over.raw ?? null,
    store: createMemoryStateStore(),
    registry,
  }
  const archive = await runArchive(ports, {
    name: over.name ?? 'archive-1',
    pid: 1,
    events: [saleArchived],
    limits: { ...ENTRY_LIMITS, ms: 20, ...over.limits },
    warn: over.warn ?? (() => undefined),
  })
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
const offsetsIn = async (partition: number): Promise<number[]> => {
  const entries = (await lake.entries(TOPIC)).filter((entry) => entry.partition === partition)
  const texts = await Promise.all(
    entries.map(async ({ file }) => (file === null ? '' : readFile(lake.path(file), 'utf8'))),
  )
  return texts.flatMap((text) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as { _offset: number })._offset),
  )
}
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
const archivedTo = (partition: number, next: number) =>
  expect.poll(() => lake.next({ topic: TOPIC, partition }), { timeout: 5000 }).toBe(next)

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'archive-'))
  lake = await openLake(directory)
  log = createMemoryEventLog(clock)
  registry = createMemoryWorkerRegistry(clock)
  await log.ensureTopics([
    { topic: TOPIC, partitions: 2, retentionMs: -1 },
    { topic: `${TOPIC}.dead`, partitions: 1, retentionMs: -1 },
  ])
})
afterEach(async () => {
  for (const archive of running.splice(0)) await archive.stop()
  await log.close()
  await rm(directory, { recursive: true, force: true })
})

test('records become entries that tile, closed by rows and by time', async () => {
  await produce(0, 0, 25)
  const archive = await start({ limits: { rows: 10 } })
  await archivedTo(0, 25)
  const entries = await lake.entries(TOPIC)
  expect(entries.map((entry) => [entry.from, entry.next, entry.rows])).toEqual([
    [0, 10, 10],
    [10, 20, 10],
    [20, 25, 5],
  ])
  expect(entries.at(-1)).toMatchObject({ lastAppended: 1_000_000, maxEventTime: 24 })
  expect(await offsetsIn(0)).toEqual(upTo(25))
  expect(archive.counters()).toMatchObject({ events_archived: 25, entries_added: 3 })
})

test('append time never goes back, also across entries and restarts', async () => {
  clock.set(5_000_000)
  await produce(0, 0, 2)
  const first = await start()
  await archivedTo(0, 2)
  await first.stop()
  clock.set(4_000_000)
  await produce(0, 2, 4)
  await start()
  await archivedTo(0, 4)
  expect((await lake.entries(TOPIC)).map((entry) => entry.lastAppended)).toEqual([5_000_000, 5_000_000])
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
  expect(await lake.entries(TOPIC)).toMatchObject([{ rows: 2, dead: 1 }])
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
  await expect.poll(() => letters.length).toBe(1)
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
    ...plainWriter,
    write: async (event, lines, file) => {
      if (fails-- > 0) throw new PlatformError('UNAVAILABLE', 'no space left on device', 'make room')
      await plainWriter.write(event, lines, file)
    },
  }
  const archive = await start({ writer, limits: { rows: 4 } })
  await produce(0, 0, 10)
  await archivedTo(0, 10)
  expect(await offsetsIn(0)).toEqual(upTo(10))
  expect(archive.counters()['archive_retries']).toBe(2)
})

test('a zombie that closes the same range loses, goes on behind the winner and no record is twice in the lake', async () => {
  const other = await openLake(directory)
  let stolen = false
  const thief: Lake = {
    ...lake,
    add: async (entry, file) => {
      if (!stolen && entry.partition === 0) {
        stolen = true
        const copy = other.temporary()
        const text = file === null ? '' : await readFile(file, 'utf8')
        await writeFile(copy, text.split('\n').slice(0, 2).join('\n') + '\n')
        await other.add({ ...entry, next: 2, rows: 2 }, copy)
      }
      return lake.add(entry, file)
    },
  }
  await produce(0, 0, 6)
  const archive = await start({ lake: thief })
  await archivedTo(0, 6)
  expect(await offsetsIn(0)).toEqual(upTo(6))
  expect(archive.counters()['entries_lost']).toBe(1)
  expect(await readdir(join(directory, 'tmp'))).toEqual([])
})

test('workers that come and go share the partitions', async () => {
  await start({ name: 'one', limits: { rows: 7 } })
  for (let n = 0; n < 5; n++) {
    await produce(0, n * 20, n * 20 + 20)
    await produce(1, n * 20, n * 20 + 20)
    if (n === 1) await start({ name: 'two', limits: { rows: 7 } })
    if (n === 3) await running.shift()?.stop()
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
      const lines = (await readFile(file.path, 'utf8')).split('\n').filter((line) => line !== '')
      const offsets = lines.map((line) => (JSON.parse(line) as { _offset: number })._offset)
      rows.push(
        ...offsets
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
  await expect.poll(() => rows.length, { timeout: 8000 }).toBe(23)
  expect(rows.map((row) => row.offset).sort((a, b) => a - b)).toEqual(upTo(23))
  expect(archive.counters()['raw_retries']).toBeGreaterThanOrEqual(2)
})

test('a partition whose log begins beyond its archive goes on from there and says what is lost; the others go on too', async () => {
  const first = await start()
  await produce(0, 0, 3)
  await produce(1, 0, 3)
  await archivedTo(0, 3)
  await archivedTo(1, 3)
  await first.stop()
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
  const lost = (await lake.entries(TOPIC)).map(({ partition, missed }) => ({ partition, missed }))
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
  await first.stop()
  log = createMemoryEventLog(clock)
  await log.ensureTopics([{ topic: TOPIC, partitions: 2, retentionMs: -1 }])
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
  expect((await registry.workers())[0]?.troubles).toEqual(warnings)
})

test('a fault of the program ends the archive with its cause; nothing is tried again', async () => {
  const writer: ParquetWriter = {
    ...plainWriter,
    write: async () => {
      throw new TypeError('lines is not iterable')
    },
  }
  const archive = await start({ writer })
  await produce(0, 0, 1)
  await expect(archive.done).rejects.toThrow('lines is not iterable')
  running.splice(0)
})

test('all partitions together hold a bounded number of bytes: the largest entries close first', async () => {
  await start({ limits: { ms: 3_600_000, heldBytes: 4_000 } })
  // A row is about 130 bytes: partition 0 alone is over the bound, partition 1 never has its share.
  await produce(1, 0, 3)
  for (let n = 0; n < 4; n++) await produce(0, n * 40, n * 40 + 40)
  await archivedTo(0, 160)
  expect(await lake.next({ topic: TOPIC, partition: 1 })).toBe(0)
})

test('rows the raw table lost are loaded again', async () => {
  const { raw, rows } = flakyTables(0)
  const first = await start({ raw, limits: { rows: 5 } })
  await produce(0, 0, 23)
  await expect.poll(() => rows.length, { timeout: 5000 }).toBe(23)
  await first.stop()
  rows.splice(7, 1)
  const second = await start({ raw, limits: { rows: 5 } })
  await expect.poll(() => rows.length, { timeout: 5000 }).toBe(23)
  expect(new Set(rows.map((row) => row.offset)).size).toBe(23)
  expect(second.counters()['raw_repairs']).toBe(1)
})
