import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  createMemoryJobQueue,
  createMemoryWorkerRegistry,
  type MemoryJobQueue,
} from '@tidewater/adapter-memory'
import { readPointer } from '@tidewater/seam'
import type { ReconcilePorts } from './batch-ports.ts'
import type { GenerationOutcome } from './batch-jobs.ts'
import { runBatch, type RunningBatch } from './run-batch.ts'
import { openPlatform, readerOf, servedTruth, timers, TOPIC, type Platform } from './test-platform.ts'

let platform: Platform
let jobs: MemoryJobQueue
let batch: RunningBatch
const start = async (
  everyMs: number | null,
  reconciling: ReconcilePorts | null = null,
  warehouses = platform.ports().warehouses,
): Promise<void> => {
  jobs = createMemoryJobQueue(timers)
  const ports = {
    ...platform.ports(),
    warehouses,
    // The store of this moment: a test may lose it.
    get store() {
      return platform.store()
    },
    jobs,
    registry: createMemoryWorkerRegistry(platform.clock),
    reconciling,
  }
  batch = await runBatch(ports, { ...platform.options, name: 'batch-1', pid: 1, everyMs })
}
beforeEach(async () => {
  platform = await openPlatform()
})
afterEach(async () => {
  await jobs.close()
  await batch.stop()
  await platform.close()
})

test('a job builds a generation and answers it with what reconciling found', async () => {
  await platform.produce(40)
  await platform.apply()
  const offsets = (await platform.log.bounds(TOPIC)).map(({ partition, high }) => ({
    topic: TOPIC,
    partition,
    next: high,
  }))
  await start(null, {
    serving: readerOf((view) => servedTruth(platform, view, offsets)),
    archive: {
      divide: async () => [{ kind: 'keys', share: 0, of: 1 }],
      present: async (view) => servedTruth(platform, view, offsets).rows,
    },
    covered: async () => undefined,
  })
  const outcome = (await jobs.run('generation', {}, { timeoutMs: 20_000 })) as GenerationOutcome
  expect(outcome).toMatchObject({
    kind: 'published',
    generation: { number: 1 },
    reconciled: { mismatched: 0, missing: 0, extra: 0 },
  })
  expect((await platform.lake.reconcileNotes()).get(outcome.generation?.id ?? '')).toMatchObject({
    mismatched: 0,
  })
  expect(await jobs.run('reconcile', {}, { timeoutMs: 20_000 })).toMatchObject({
    checked: outcome.reconciled?.checked,
  })
})

test('a schedule builds generations as records come', async () => {
  await start(150)
  await platform.produce(20)
  await platform.apply()
  await expect
    .poll(async () => (await readPointer(platform.store()))?.cuts, { timeout: 10_000 })
    .toMatchObject([{ cut: 10 }, { cut: 10 }])
})

test('a store that was lost is filled again without being asked', async () => {
  await platform.produce(20)
  await platform.apply()
  await start(null)
  await jobs.run('generation', {}, { timeoutMs: 20_000 })
  platform.loseStore()
  await expect.poll(async () => (await readPointer(platform.store()))?.number, { timeout: 15_000 }).toBe(1)
}, 20_000)

test('views that an engine cannot show at start are shown as soon as it can', async () => {
  const tries: (string | null)[] = []
  const [warehouse] = platform.ports().warehouses
  if (warehouse === undefined) throw new Error('no warehouse')
  const moody = {
    ...warehouse,
    publish: async (generation: Parameters<typeof warehouse.publish>[0]) => {
      tries.push(generation?.id ?? null)
      if (tries.length < 2) throw new Error('still starting')
      await warehouse.publish(generation)
    },
  }
  await start(null, null, [moody])
  await expect.poll(() => tries, { timeout: 10_000 }).toEqual([null, null])
  expect(platform.warnings.join()).toContain('has no views yet; trying again: still starting')
}, 20_000)

test('a flushed job queue is given its schedule back, and the missed generation is built at once', async () => {
  await start(3_600_000)
  await expect.poll(async () => (await readPointer(platform.store()))?.number, { timeout: 10_000 }).toBe(1)
  await platform.produce(20)
  await platform.apply()
  jobs.lose()
  await expect
    .poll(async () => (await readPointer(platform.store()))?.cuts, { timeout: 15_000 })
    .toMatchObject([{ cut: 10 }, { cut: 10 }])
}, 30_000)
