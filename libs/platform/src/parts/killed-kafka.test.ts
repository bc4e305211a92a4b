import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKafkaLog } from '@tidewater/adapter-kafka'
import { openLake } from '@tidewater/adapter-lake'
import {
  createMemoryJobQueue,
  createMemoryStateStore,
  createMemoryWorkerRegistry,
} from '@tidewater/adapter-memory'
import { eventTopics } from '@tidewater/engine-ingest'
import { loadCatalog, silentLog, systemClock } from '@tidewater/runtime'
import { startKafka } from '@tidewater/stack'
import { graphql } from 'graphql'
import { expect, test } from 'vitest'
import { ownPorts } from '../opening/own-ports.ts'
import { runServingPart } from './serving-part.ts'
import { runSpeedPart } from './speed-part.ts'

const bytes = (event: object): Uint8Array => new TextEncoder().encode(JSON.stringify(event))

test('while Kafka is killed and comes back every question is answered, and then counting goes on', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tidewater-killed-kafka-'))
  const first = await startKafka({ dir: join(directory, 'kafka') })
  const catalog = await loadCatalog({ dirs: [] })
  const log = openKafkaLog({ brokers: [first.url], clientId: 'test' })
  await log.ensureTopics(eventTopics(catalog.events.values(), { partitions: 2, retentionMs: -1 }))
  const ports = {
    ...{
      ...ownPorts,
      log,
      store: createMemoryStateStore(),
      archived: null,
      batch: null,
      jobs: createMemoryJobQueue(),
    },
    registry: createMemoryWorkerRegistry(systemClock),
    lake: await openLake(join(directory, 'lake')),
  }
  const own = { pid: 1, catalog, log: silentLog }
  const worker = await runSpeedPart(ports, { ...own, name: 'speed-1', commitEveryMs: 10 })
  const { intake, serving, stop } = await runServingPart(ports, { ...own, name: 'serving-1' })
  const click = (id: string): Promise<{ readonly accepted: number }> =>
    intake.accept('ShopEvent', [
      bytes({ eventId: id, userId: 'u1', at: new Date().toISOString(), type: 'click' }),
    ])
  const source = '{ userActivity(userId: "u1") { eventCountRealtime freshness { degraded } } }'
  interface Activity {
    readonly eventCountRealtime: number
    readonly freshness: { readonly degraded: readonly string[] }
  }
  const ask = async (): Promise<Activity | null> => {
    const { data, errors } = await graphql({
      schema: serving.schema,
      source,
      contextValue: { operation: serving.begin() },
    })
    expect(errors).toBeUndefined()
    return (data as { userActivity: Activity | null }).userActivity
  }
  const clicks = async (): Promise<number> => (await ask())?.eventCountRealtime ?? 0
  await click('e1')
  await expect.poll(clicks, { timeout: 20_000 }).toBe(1)

  process.kill(first.pid, 'SIGKILL')
  await first.child.ended
  const withoutLag = { eventCountRealtime: 1, freshness: { degraded: ['lag-unknown'] } }
  await expect.poll(ask, { timeout: 5_000 }).toEqual(withoutLag)
  let isBack = false
  const starting = startKafka({ dir: join(directory, 'kafka'), port: first.port }).finally(
    () => (isBack = true),
  )
  let asked = 0
  while (!isBack) {
    expect(await clicks()).toBe(1)
    asked++
  }
  expect(asked).toBeGreaterThan(2)
  const second = await starting
  const accepted = async (): Promise<number> =>
    click('e2').then(
      (answer) => answer.accepted,
      () => 0,
    )
  await expect.poll(accepted, { timeout: 20_000 }).toBe(1)
  await expect.poll(clicks, { timeout: 30_000 }).toBe(2)

  await stop()
  await worker.stop()
  await log.close()
  await second.stop()
  await rm(directory, { recursive: true, force: true })
}, 180_000)
