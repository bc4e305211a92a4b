import { afterEach, beforeEach, expect, test } from 'vitest'
import type { JobName } from '@tidewater/ports'
import { readPointer } from '@tidewater/seam'
import type { ReconcilePorts } from './batch-ports.ts'
import type { GenerationOutcome } from './batch-jobs.ts'
import { runBatch, type RunningBatch } from './run-batch.ts'
import { exactAnswer, openShops, readerOf, type Shops } from '@tidewater/testing/shops'

let platform: Shops
let batch: RunningBatch
const start = async (
  everyMs: number | null,
  reconciling: ReconcilePorts | null = null,
  warehouses = platform.ports.warehouses,
): Promise<void> => {
  const ports = { ...platform.ports, warehouses, reconciling }
  const running = runBatch(ports, { ...platform.options, name: 'batch-1', pid: 1, everyMs })
  batch = await platform.during(running)
}
const job = (name: JobName): Promise<unknown> =>
  platform.during(platform.jobs.run(name, {}, { timeoutMs: 20_000 }))
const pointer = () => readPointer(platform.store)
const cuts = async (): Promise<string | undefined> => (await pointer())?.cuts.map(({ cut }) => cut).join()
beforeEach(async () => {
  platform = await openShops()
})
afterEach(async () => {
  await platform.stop(batch)
  await platform.close()
})

test('a job builds a generation and answers it with what reconciling found', async () => {
  await platform.produce(40)
  await platform.apply()
  const offsets = await platform.ends()
  await start(null, {
    serving: readerOf((view) => exactAnswer(platform, view, offsets)),
    archive: {
      divide: async () => [{ kind: 'keys', share: 0, of: 1 }],
      present: async (view) => exactAnswer(platform, view, offsets).rows,
    },
    covered: async () => undefined,
  })
  const outcome = (await job('generation')) as GenerationOutcome
  expect(outcome).toMatchObject({
    kind: 'published',
    generation: { number: 1 },
    reconciled: { mismatched: 0, missing: 0, extra: 0 },
  })
  expect(
    (await platform.during(platform.lake.reconcileNotes())).get(outcome.generation?.id ?? ''),
  ).toMatchObject({
    mismatched: 0,
  })
  expect(await job('reconcile')).toMatchObject({
    checked: outcome.reconciled?.checked,
  })
})

test('a schedule builds generations as records come', async () => {
  await start(150)
  await platform.produce(20)
  await platform.apply()
  await platform.until(async () => (await cuts()) === '10,10')
})

test('a store that was lost is filled again without being asked', async () => {
  await platform.produce(20)
  await platform.apply()
  await start(null)
  await job('generation')
  platform.loseStore()
  await platform.until(async () => (await pointer())?.number === 1)
})

test('views that an engine cannot show at start are shown as soon as it can', async () => {
  const tries: (string | null)[] = []
  const [warehouse] = platform.ports.warehouses
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
  await platform.until(() => tries.length === 2)
  expect(tries).toEqual([null, null])
  expect(platform.warnings.join()).toContain('has no views yet; trying again: still starting')
})

test('a flushed job queue is given its schedule back, and the missed generation is built at once', async () => {
  await start(3_600_000)
  await platform.until(async () => (await pointer())?.number === 1)
  await platform.produce(20)
  await platform.apply()
  platform.world.jobs.lose()
  await platform.until(async () => (await cuts()) === '10,10')
})
