import { describe, expect, test } from 'vitest'
import { runCampaign, TELLING } from './campaign.ts'
import { openMemoryStore } from './memory-store.ts'
import { PLANTS, type Plant } from './plants.ts'
import { simulate } from './simulate.ts'

const campaign = { seed: 1, seeds: 200, onRedis: 0, plant: null, stopAtWrong: 'first' } as const

describe('batch ⊕ speed = truth, under random schedules of everything at once', () => {
  test('1,000 seeds on the memory store: every answer is true at its own offsets, and all comes to rest', async () => {
    const { wrong, counts, ran } = await runCampaign({ ...campaign, seeds: 1_000 })
    expect(wrong.map(({ seed, wrong: why }) => `seed ${seed}: ${why}`)).toEqual([])
    console.log(JSON.stringify({ seeds: ran, ...counts }))
    for (const name of TELLING) expect(counts[name], name).toBeGreaterThan(100)
  })

  test('the same on Redis with the real scripts', async () => {
    const { wrong, counts } = await runCampaign({ ...campaign, seed: 100_001, seeds: 30, onRedis: 30 })
    expect(wrong.map(({ seed, wrong: why }) => `seed ${seed}: ${why}`)).toEqual([])
    expect(counts['reads']).toBeGreaterThan(300)
  })

  test.each(Object.keys(PLANTS) as Plant[])(
    "with a rule switched off ('%s') a wrong answer is found",
    async (plant) => {
      const { wrong } = await runCampaign({ ...campaign, plant })
      expect(wrong.length).toBe(1)
    },
  )

  test('a seed repeats itself exactly', async () => {
    const run = () => simulate({ seed: 77, ticks: 400, plant: null, open: openMemoryStore })
    expect(await run()).toEqual(await run())
  })
})
