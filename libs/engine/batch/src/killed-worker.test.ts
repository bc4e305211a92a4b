import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { dyingAt } from '@tidewater/testing/platform'
import { expectTruth, openShops, type Shops } from '@tidewater/testing/shops'

let platform: Shops
beforeEach(async () => {
  platform = await openShops()
})
afterEach(() => platform.close())

/** All is built, and the lake is not told. */
const killedAfterBuilding = async (): Promise<void> => {
  const { lake } = platform
  const killed = {
    ...platform.ports,
    lake: { ...lake, addGeneration: () => Promise.reject(new Error('killed')) },
  }
  await expect(platform.run(killed)).rejects.toThrow('killed')
}

test('what a killed worker had built is not built again', async () => {
  await platform.produce(20)
  await platform.apply()
  await killedAfterBuilding()
  const [left] = (await readdir(platform.published)).filter((name) => name.endsWith('.duckdb'))
  const before = await stat(join(platform.published, left ?? ''))
  expect(await platform.run()).toMatchObject({
    kind: 'published',
    generation: { number: 1, duckdbFile: left },
  })
  const after = await stat(join(platform.published, left ?? ''))
  expect(after.ino).toBe(before.ino)
  expect(after.mtimeMs).toBe(before.mtimeMs)
  await expectTruth(platform)
})

test('nor is it taken for the generation of other records', async () => {
  await platform.produce(20)
  await platform.apply()
  await killedAfterBuilding()
  platform.loseStore()
  await platform.produce(20)
  await platform.apply()
  expect(await platform.run()).toMatchObject({
    kind: 'published',
    generation: { cuts: [{ cut: 20 }, { cut: 20 }] },
  })
  await expectTruth(platform)
})

describe.each(['before', 'after'] as const)('a worker that dies %s a step', (when) => {
  test('leaves readers exact, and the next run ends what it began', async () => {
    let crashes = 0
    for (let at = 1; ; at++) {
      await platform.produce(8)
      await platform.apply()
      const dying = dyingAt(platform.ports, at, when)
      const died = await platform.run(dying.ports).then(
        () => false,
        () => true,
      )
      if (at > 1 || !died) await expectTruth(platform)
      await platform.run()
      await expectTruth(platform)
      if (dying.steps() < at) break
      crashes += Number(died)
    }
    expect(crashes).toBeGreaterThan(8)
    const leftovers = (await readdir(platform.published)).filter((name) => name.endsWith('.tmp'))
    expect(leftovers).toEqual([])
  }, 120_000)
})
