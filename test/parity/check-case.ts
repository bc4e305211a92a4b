import { clickhouse, duckdb } from '@tidewater/expr'
import type { Clickhouse } from '@tidewater/adapter-clickhouse'
import type { SqlEngine } from '@tidewater/ports'
import { differenceOf } from './compare.ts'
import type { Difference } from './compare.ts'
import { addedAnswer, fromSlotsAnswer, machineOf, mergedAnswer } from './js-answers.ts'
import { dropCases, loadCases } from './load-case.ts'
import type { Plant } from './plants.ts'
import { GROUP, caseOf, schemaOf } from './random-case.ts'
import type { Case } from './random-case.ts'
import { sqlAnswers } from './sql-answers.ts'

export interface Engines {
  readonly duckdb: SqlEngine
  readonly clickhouse: Clickhouse
}

export interface Failure {
  readonly seed: number
  readonly one: Case
  readonly difference: Difference | null
  /** An engine refused a statement. */
  readonly error: Error | null
}

/** Checks the seeds of one group: all load their rows at once. */
export async function checkGroup(engines: Engines, seeds: readonly number[], plant: Plant): Promise<Failure[]> {
  const schema = schemaOf(seeds[0] ?? 0)
  const cases = seeds.map((seed) => caseOf(seed, schema))
  await Promise.all([loadCases(engines.duckdb, duckdb, schema, cases), loadCases(engines.clickhouse, clickhouse, schema, cases)])
  const failures: Failure[] = []
  for (const one of cases) {
    const failure = await checkCase(engines, one, plant).catch((error: Error) => ({ seed: one.seed, one, difference: null, error }))
    if (failure !== null) failures.push(failure)
  }
  await Promise.all([dropCases(engines.duckdb, schema), dropCases(engines.clickhouse, schema)])
  return failures
}

/** Nine answers to one case, all compared with the first. */
async function checkCase(engines: Engines, one: Case, plant: Plant): Promise<Failure | null> {
  const machine = machineOf(one)
  const [duck, click] = await Promise.all([
    sqlAnswers(engines.duckdb, duckdb, one, machine.layout, plant.duckdb),
    sqlAnswers(engines.clickhouse, clickhouse, one, machine.layout, plant.clickhouse),
  ])
  const base = addedAnswer(machine, one)
  const others = [
    duck.whole, click.whole, duck.halves, click.halves,
    mergedAnswer(machine, one),
    fromSlotsAnswer(machine, one, 'duckdb', duck.slots),
    fromSlotsAnswer(machine, one, 'clickhouse', click.slots),
  ]
  for (const other of others) {
    const difference = differenceOf(one, base, other)
    if (difference !== null) return { seed: one.seed, one, difference, error: null }
  }
  return null
}

export const groupsOf = (first: number, count: number): number[][] => {
  const groups: number[][] = []
  for (let seed = first; seed < first + count; seed++) {
    const last = groups.at(-1)
    if (last !== undefined && Math.floor((last[0] ?? 0) / GROUP) === Math.floor(seed / GROUP)) last.push(seed)
    else groups.push([seed])
  }
  return groups
}
