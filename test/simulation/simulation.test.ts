import { describe, expect, test } from 'vitest'
import { FAULTS_MS, runSeeds } from './campaign.ts'
import { PLANTS, type Plant } from './plants.ts'
import { simulate } from './simulate.ts'

const campaign = { seed: 1, seeds: 100, plant: null, stopAtWrong: 'first' } as const

describe('batch ⊕ speed = truth, while everything around the platform fails at once', () => {
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
