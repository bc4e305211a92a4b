import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkGroup, groupsOf } from './check-case.ts'
import type { Failure } from './check-case.ts'
import { startEngines } from './engines.ts'
import { NOTHING, PLANTS } from './plants.ts'
import type { Plant } from './plants.ts'
import { failureText } from './report.ts'

let engines: Awaited<ReturnType<typeof startEngines>>
beforeAll(async () => {
  engines = await startEngines()
})
afterAll(() => engines.stop())

async function firstFailures(seeds: readonly (readonly number[])[], plant: Plant): Promise<Failure[]> {
  for (const group of seeds) {
    const failures = await checkGroup(engines, group, plant)
    if (failures.length > 0) return failures
  }
  return []
}

test('400 random definitions and logs (seeds 0 to 399) mean the same in JavaScript, DuckDB and ClickHouse', async () => {
  const failures = await firstFailures(groupsOf(0, 400), NOTHING)
  expect(failures.map(failureText).join('\n\n')).toBe('')
})

// The plants of JavaScript change it for good, so they come last.
const plants = Object.entries(PLANTS).sort(
  ([a], [b]) => Number(a.startsWith('js:')) - Number(b.startsWith('js:')),
)
test.each(plants)('a planted fault is found: %s', async (_, plant) => {
  plant.prepare()
  const failures = await firstFailures(groupsOf(0, 600), plant)
  plant.undo()
  expect(failures.length).toBeGreaterThan(0)
})

test('nothing planted stays behind', async () => {
  expect(await firstFailures(groupsOf(0, 20), NOTHING)).toEqual([])
})
