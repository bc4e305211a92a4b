import { openParquetWriter } from '@tidewater/adapter-duckdb'
import { openLake } from '@tidewater/adapter-lake'
import { ENTRY_LIMITS, runArchive } from '@tidewater/engine-archive'
import {
  createMemoryEventLog,
  createMemoryStateStore,
  createMemoryWorkerRegistry,
} from '@tidewater/adapter-memory'
import { archivedEvents } from '@tidewater/platform/parts'
import { systemClock, systemTimers } from '@tidewater/runtime'
import { topicOf, type Catalog } from 'tidewater'
import { shopEvents } from './shop-events.ts'

/** Archives seeded shop events with the archive engine itself; answers the Parquet files. */
export const archiveShopEvents = async (
  directory: string,
  catalog: Catalog,
  count: number,
  partitions: number,
): Promise<readonly string[]> => {
  const topic = topicOf('ShopEvent')
  const log = createMemoryEventLog(systemClock)
  await log.ensureTopics([
    { topic, partitions, retentionMs: -1 },
    { topic: `${topic}.dead`, partitions: 1, retentionMs: -1 },
  ])
  let chunk = []
  for (const { partition, key, value } of shopEvents(count, partitions)) {
    chunk.push({ partition, key, value: Buffer.from(value), headers: {} })
    if (chunk.length === 10_000) {
      await log.append(topic, chunk)
      chunk = []
    }
  }
  if (chunk.length > 0) await log.append(topic, chunk)
  const lake = await openLake(directory)
  const writer = await openParquetWriter({ threads: 2, memoryLimit: '1GB' })
  const store = createMemoryStateStore()
  const archive = await runArchive(
    {
      log,
      lake,
      writer,
      store,
      raw: null,
      registry: createMemoryWorkerRegistry(systemClock),
      clock: systemClock,
      timers: systemTimers,
    },
    {
      name: 'bench',
      pid: process.pid,
      events: archivedEvents(catalog),
      limits: { ...ENTRY_LIMITS, ms: 1_000 },
      warn: (sentence, cause) => console.error(sentence, cause),
    },
  )
  const archived = async () => (await lake.entries(topic)).reduce((sum, entry) => sum + entry.rows, 0)
  while ((await archived()) < count) await new Promise((resolve) => setTimeout(resolve, 100))
  await archive.stop()
  await writer.close()
  await log.close()
  return (await lake.entries(topic)).flatMap(({ file }) => (file === null ? [] : [lake.path(file)]))
}
