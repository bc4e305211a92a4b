import { clickhouse, duckdb } from '@tidewater/expr'
import type { SqlDialect } from '@tidewater/expr'
import type { Clickhouse } from '@tidewater/adapter-clickhouse'
import type { Machine } from '@tidewater/plan'
import type { SqlEngine } from '@tidewater/ports'
import { differenceOf, slotsDifferenceOf } from './compare.ts'
import type { Difference } from './compare.ts'
import { addedAnswer, fromSlotsAnswer, machineOf, mergedAnswer, slotsOf } from './js-answers.ts'
import { dropCases, loadCases } from './load-case.ts'
import type { Plant } from './plants.ts'
import { GROUP, caseOf, definitionSeedOf, schemaOf } from './random-case.ts'
import type { Case } from './random-case.ts'
import { sqlAnswers } from './sql-answers.ts'
import type { SqlAnswers } from './sql-answers.ts'

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
export async function checkGroup(
  engines: Engines,
  seeds: readonly number[],
  plant: Plant,
): Promise<Failure[]> {
  const schema = schemaOf(seeds[0] ?? 0)
  const cases = seeds.map((seed) => caseOf(seed, schema))
  const both = (step: (engine: SqlEngine, dialect: SqlDialect) => Promise<void>): Promise<unknown> =>
    Promise.all([step(engines.duckdb, duckdb), step(engines.clickhouse, clickhouse)])
  await both((engine, dialect) => dropCases(engine, dialect, schema))
  await both((engine, dialect) => loadCases(engine, dialect, schema, cases))
  const results = await Promise.all(twinsOf(cases).map((twins) => checkTwins(engines, twins, plant)))
  await both((engine, dialect) => dropCases(engine, dialect, schema))
  return results.flat()
}

/** Cases of one definition together. */
const twinsOf = (cases: readonly Case[]): Case[][] =>
  [...new Set(cases.map(({ seed }) => definitionSeedOf(seed)))].map((definition) =>
    cases.filter(({ seed }) => definitionSeedOf(seed) === definition),
  )

async function checkTwins(engines: Engines, twins: readonly Case[], plant: Plant): Promise<Failure[]> {
  try {
    const [one] = twins
    if (one === undefined) return []
    const machine = machineOf(one)
    const [duck, click] = await Promise.all([
      sqlAnswers({ engine: engines.duckdb, dialect: duckdb, change: plant.duckdb }, twins, machine.layout),
      sqlAnswers(
        { engine: engines.clickhouse, dialect: clickhouse, change: plant.clickhouse },
        twins,
        machine.layout,
      ),
    ])
    return twins.flatMap((twin, n) => failuresOf(machine, twin, duck[n]!, click[n]!))
  } catch (error) {
    return twins.map((one) => ({ seed: one.seed, one, difference: null, error: error as Error }))
  }
}

/** Six to eight answers to one case, all compared with the first; then the slots themselves. */
function failuresOf(machine: Machine, one: Case, duck: SqlAnswers, click: SqlAnswers): Failure[] {
  const base = addedAnswer(machine, one)
  const others = [
    duck.whole,
    click.whole,
    ...[duck.halves, click.halves].filter((halves) => halves !== null),
    mergedAnswer(machine, one),
    fromSlotsAnswer(machine, one, 'duckdb', duck.slots),
    fromSlotsAnswer(machine, one, 'clickhouse', click.slots),
  ]
  for (const other of others) {
    const difference = differenceOf(one, base, other)
    if (difference !== null) return [{ seed: one.seed, one, difference, error: null }]
  }
  const slots = slotsOf(machine, one)
  const difference =
    slotsDifferenceOf(one, machine.layout, slots, 'duckdb', duck.slots) ??
    slotsDifferenceOf(one, machine.layout, slots, 'clickhouse', click.slots) ??
    slotsDifferenceOf(one, machine.layout, slots, 'duckdb added', duck.added) ??
    slotsDifferenceOf(one, machine.layout, slots, 'clickhouse added', click.added)
  return difference === null ? [] : [{ seed: one.seed, one, difference, error: null }]
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
