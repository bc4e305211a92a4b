import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Lake, type StateStore, type Warehouse } from '@tidewater/ports'
import type { BatchPorts } from './batch-ports.ts'
import { runGeneration, type GenerationResult } from './run-generation.ts'
import { batchAnswer, openPlatform, truth, type Platform } from './test-platform.ts'

let platform: Platform
beforeEach(async () => {
  platform = await openPlatform()
})
afterEach(() => platform.close())

const silent = (): void => undefined
const run = (ports: BatchPorts = platform.ports()): Promise<GenerationResult> =>
  runGeneration(ports, platform.options, { through: 'now', patienceMs: 60_000 }, silent)

/** The promise of the seam: what readers get as batch part is the truth below the pointer's cuts, on every partition. */
const expectTruth = async (): Promise<number> => {
  const asOf = platform.clock.now()
  const { pointer, rows } = await batchAnswer(platform, 'ShopTotals', asOf)
  expect(rows).toEqual(truth(platform.records, pointer, 'ShopTotals', asOf))
  return pointer.number
}

/** All is built, and the lake is not told. */
const killedAfterBuilding = async (): Promise<void> => {
  const { lake } = platform
  const killed = {
    ...platform.ports(),
    lake: { ...lake, addGeneration: () => Promise.reject(new Error('killed')) },
  }
  await expect(run(killed)).rejects.toThrow('killed')
}

test('what a killed worker had built is not built again', async () => {
  await platform.produce(20)
  await platform.apply()
  await killedAfterBuilding()
  const [left] = (await readdir(platform.published)).filter((name) => name.endsWith('.duckdb'))
  const before = await stat(join(platform.published, left ?? ''))
  expect(await run()).toMatchObject({ kind: 'published', generation: { number: 1, duckdbFile: left } })
  const after = await stat(join(platform.published, left ?? ''))
  expect(after.ino).toBe(before.ino)
  expect(after.mtimeMs).toBe(before.mtimeMs)
  await expectTruth()
})

test('nor is it taken for the generation of other records', async () => {
  await platform.produce(20)
  await platform.apply()
  await killedAfterBuilding()
  platform.loseStore()
  await platform.produce(20)
  await platform.apply()
  expect(await run()).toMatchObject({ kind: 'published', generation: { cuts: [{ cut: 20 }, { cut: 20 }] } })
  await expectTruth()
})

/** Counts calls of the steps that change something and throws at the chosen one, before or after it took effect. */
const failing = (
  ports: BatchPorts,
  at: number,
  when: 'before' | 'after',
): { ports: BatchPorts; calls: () => number } => {
  let calls = 0
  const guard =
    <A extends unknown[], R>(step: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const mine = ++calls
      if (mine === at && when === 'before') throw new Error('crash')
      const result = await step(...args)
      if (mine === at) throw new Error('crash')
      return result
    }
  const lake: Lake = {
    ...ports.lake,
    add: guard(ports.lake.add),
    retire: guard(ports.lake.retire),
    addGeneration: guard(ports.lake.addGeneration),
  }
  const store: StateStore = {
    ...ports.store,
    commit: guard(ports.store.commit),
    loadBatch: guard(ports.store.loadBatch),
    dropBatch: guard(ports.store.dropBatch),
    movePointer: guard(ports.store.movePointer),
    sweep: guard(ports.store.sweep),
  }
  const warehouses = ports.warehouses.map((warehouse): Warehouse => ({
    ...warehouse,
    build: guard(warehouse.build),
    publish: guard(warehouse.publish),
  }))
  return { ports: { ...ports, lake, store, warehouses }, calls: () => calls }
}

describe.each(['before', 'after'] as const)('a worker that dies %s a step', (when) => {
  test('leaves readers exact, and the next run ends what it began', async () => {
    let crashes = 0
    for (let at = 1; ; at++) {
      await platform.produce(8)
      await platform.apply()
      const dying = failing(platform.ports(), at, when)
      const died = await run(dying.ports).then(
        () => false,
        () => true,
      )
      if (at > 1 || !died) await expectTruth()
      await run()
      await expectTruth()
      if (dying.calls() < at) break
      crashes += Number(died)
    }
    expect(crashes).toBeGreaterThan(8)
    const leftovers = (await readdir(platform.published)).filter((name) => name.endsWith('.tmp'))
    expect(leftovers).toEqual([])
  }, 120_000)
})
