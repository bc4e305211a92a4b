import { describe, expect, test } from 'vitest'
import { FAULTS_MS, runCampaign, runSeeds, TELLING } from './campaign.ts'
import { PLANTS, type Plant } from './plants.ts'
import { simulate } from './simulate.ts'

const campaign = { seed: 1, seeds: 100, plant: null, stopAtWrong: 'first' } as const

describe('batch ⊕ speed = truth, while everything around the platform fails at once', () => {
  test('every answer is true at its own offsets, and all comes to rest', async () => {
    const { wrong, counts, ran } = await runCampaign({ ...campaign, seeds: 200 })
    expect(wrong.map(({ seed, wrong: why }) => `seed ${seed}: ${why}`)).toEqual([])
    console.log(JSON.stringify({ seeds: ran, ...counts }))
    for (const name of TELLING) expect(counts[name], name).toBeGreaterThan(20)
  })

  test("the same on the product's own files and DuckDB", async () => {
    const { wrong, counts } = await runSeeds({ ...campaign, seed: 100_001, seeds: 3, duckdbBelow: Infinity })
    expect(wrong.map(({ seed, wrong: why }) => `seed ${seed}: ${why}`)).toEqual([])
    expect(counts['reconciled']).toBeGreaterThan(100)
  })

  test("the same on Redis with the product's own scripts", async () => {
    const { wrong, counts } = await runSeeds({ ...campaign, seed: 200_001, seeds: 15, redisBelow: Infinity })
    expect(wrong.map(({ seed, wrong: why }) => `seed ${seed}: ${why}`)).toEqual([])
    expect(counts['reads']).toBeGreaterThan(300)
  })

  test.each(Object.keys(PLANTS) as Plant[])(
    "with a rule switched off ('%s') a wrong answer is found",
    async (plant) => {
      const { wrong } = await runSeeds({ ...campaign, plant })
      expect(wrong.length).toBe(1)
    },
  )

  test('a seed repeats itself exactly', async () => {
    const run = () => simulate({ seed: 77, ms: FAULTS_MS })
    expect(await run()).toEqual(await run())
  })
})
