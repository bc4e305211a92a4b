import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLake } from '@tidewater/adapter-lake'
import {
  createMemoryEventLog,
  createMemoryJobQueue,
  createMemoryStateStore,
  createMemoryWorkerRegistry,
} from '@tidewater/adapter-memory'
import { PlatformError } from '@tidewater/base'
import type { EventLog } from '@tidewater/ports'
import { loadCatalog, silentLog, systemClock } from '@tidewater/runtime'
import { graphql } from 'graphql'
import { topicOf } from 'tidewater'
import { afterAll, expect, it } from 'vitest'
import { ownPorts } from '../opening/own-ports.ts'
import { runServingPart } from './serving-part.ts'

const directory = mkdtempSync(join(tmpdir(), 'tidewater-headers-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

it('a serving process starts and answers while the log is away, and makes headers when it is back', async () => {
  const catalog = await loadCatalog({ dirs: [] })
  const [real, store] = [createMemoryEventLog(systemClock), createMemoryStateStore()]
  let isAway = false
  const away = <T>(): Promise<T> =>
    Promise.reject(new PlatformError('UNAVAILABLE', 'the log did not answer', 'ask again'))
  const log: EventLog = { ...real, bounds: (topic) => (isAway ? away() : real.bounds(topic)) }
  const topics = [...catalog.events.keys()].map(topicOf)
  const ensureTopics = (): Promise<void> =>
    isAway ? away() : real.ensureTopics(topics.map((topic) => ({ topic, partitions: 2, retentionMs: -1 })))
  const ports = {
    ...{ ...ownPorts, log, store, ensureTopics, batch: null, jobs: createMemoryJobQueue() },
    registry: createMemoryWorkerRegistry(systemClock),
    lake: await openLake(directory),
  }
  const settings = { name: 'serving-1', pid: 1, catalog, log: silentLog }
  const first = await runServingPart(ports, settings)
  await first.stop()
  const topic = topics[0] ?? ''
  const header = await store.header({ topic, partition: 1 })
  expect(header).not.toBeNull()

  isAway = true
  const second = await runServingPart(ports, settings)
  const { serving } = second
  const source = '{ userActivity(userId: "u1") { lastEventType } }'
  const answer = await graphql({
    schema: serving.schema,
    source,
    contextValue: { operation: serving.begin() },
  })
  expect(answer).toEqual({ data: { userActivity: null } })

  // The topic grows while nobody can say so.
  await real.ensureTopics([{ topic, partitions: 3, retentionMs: -1 }])
  isAway = false
  await expect.poll(() => store.header({ topic, partition: 2 }), { timeout: 10_000 }).not.toBeNull()
  await second.stop()
})
