import type { ByteSink } from '@tidewater/base'
import { compileView, decodeKey, encodeKey } from '@tidewater/plan'
import type { Machine, State } from '@tidewater/plan'
import type { Value } from '@tidewater/expr'
import { buildCatalog, streamsOf } from 'tidewater'
import { describe, expect, it } from 'vitest'
import { plainOf, valueOf } from './oracle-expr.ts'
import { oracleOf } from './oracle-view.ts'
import { caseOf, schemaOf } from './random-case.ts'
import type { Case, LoggedRow } from './random-case.ts'
import { createRandom } from './random.ts'

const SEEDS = Array.from({ length: Number(process.env['PARITY_SEEDS'] ?? 1500) }, (_, n) => n)

const machineOf = ({ schema, view }: Case): Machine => {
  const definitions = [schema.event, ...streamsOf(view.through), schema.table, view]
  const catalog = buildCatalog(
    definitions.map((definition) => ({ definition, source: 'random' })),
    new Map([[schema.table.name, { hash: 'random', rows: schema.tableRows }]]),
  )
  return compileView(view, catalog)
}

/** Doubles to 1e-9 of the magnitudes added (semantics V2); everything else exactly. */
const same = (a: Value | undefined, b: Value | undefined, magnitude: number): boolean => {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) return lists(a, b, magnitude)
  if (typeof a !== 'number' || typeof b !== 'number') return false
  return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b), magnitude)
}

const lists = (a: readonly Value[], b: readonly Value[], magnitude: number): boolean =>
  a.length === b.length && a.every((item, n) => same(item, b[n], magnitude))

const through = (machine: Machine, state: State): State => {
  const sink: ByteSink = { bytes: new Uint8Array(3), length: 2 }
  machine.encode(state, sink)
  return machine.decode(sink.bytes, 2, sink.length)
}

/** The state of rows cut in three slices, each fed in its own order, stored, read back and merged in some order. */
const slicedState = (machine: Machine, rows: readonly LoggedRow[], seed: number): State => {
  const random = createRandom(seed)
  const slices: LoggedRow[][] = [[], [], []]
  for (const row of rows) slices[random.int(0, 2)]!.splice(random.int(0, 5), 0, row)
  const states = slices.map((slice) => {
    const state = machine.zero()
    for (const { row, partition, offset } of slice) machine.add(state, row, partition, offset)
    return random.chance(0.5) ? through(machine, state) : state
  })
  const rebuilt = states.map((state) =>
    random.chance(0.5)
      ? state
      : machine.fromSlots(machine.slotsOf(state, { partition: 0, bucket: 0, keys: [] })),
  )
  const [first, second, third] = rebuilt as [State, State, State]
  const other = random.chance(0.5) ? second : machine.zero()
  const kept = JSON.stringify(machine.slotsOf(first, { partition: 0, bucket: 0, keys: [] }), textOf)
  const result = machine.zero()
  machine.merge(result, third)
  machine.merge(result, first)
  machine.merge(result, other)
  if (other !== second) machine.merge(result, second)
  expect(JSON.stringify(machine.slotsOf(first, { partition: 0, bucket: 0, keys: [] }), textOf)).toBe(kept)
  return result
}

const textOf = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}n` : value)

interface Group {
  readonly bucket: number
  readonly key: string
  readonly rows: LoggedRow[]
}

const groupsOf = (testCase: Case, machine: Machine): readonly Group[] => {
  const { schema, view } = testCase
  const oracle = oracleOf(view, schema.event, new Map([[schema.table.name, schema.tableRows]]))
  const groups = new Map<string, Group>()
  for (const row of testCase.rows) {
    const values = machine.layout.stateKeys.map(({ expr }) => valueOf(oracle.read(expr, row)))
    const keyless = machine.layout.stateKeys.some(({ optional }, n) => !optional && values[n] === null)
    const passes = oracle.passes(row)
    const key = machine.keyOf(row.row)
    expect(machine.why(row.row)).toBe(!passes ? 'filtered' : keyless ? 'keyless' : null)
    expect(key).toBe(!passes || keyless ? null : encodeKey(values, machine.layout.stateKeys))
    if (key === null) continue
    expect(decodeKey(key, machine.layout.stateKeys)).toEqual(values)
    const bucket = machine.bucketOf(row.row)
    const id = JSON.stringify([bucket, key])
    if (!groups.has(id)) groups.set(id, { bucket, key, rows: [] })
    groups.get(id)!.rows.push(row)
  }
  return [...groups.values()]
}

const magnitudeOf = ({ schema }: Case, rows: readonly LoggedRow[]): number => {
  const sizes = rows.flatMap(({ row }) =>
    schema.event.fields.map(({ name, type }) => Math.abs(Number(plainOf(row[name] ?? 0, type))) || 0),
  )
  return sizes.reduce((sum, x) => sum + x, 0)
}

const check = (seed: number): number => {
  const testCase = caseOf(seed, schemaOf(seed))
  const { schema, view } = testCase
  const machine = machineOf(testCase)
  const oracle = oracleOf(view, schema.event, new Map([[schema.table.name, schema.tableRows]]))
  const groups = groupsOf(testCase, machine)
  for (const { rows } of groups) {
    const state = slicedState(machine, rows, seed)
    const newest = Math.max(...rows.map(({ row }) => row[schema.event.time] as number))
    const answers = [testCase.asOf, newest, newest + 61_000]
    const trimmed = through(machine, state)
    machine.trim(trimmed, newest)
    for (const asOf of answers) {
      const expected = oracle.present(rows, asOf)
      for (const kept of asOf >= newest - 3_600_000 ? [state, trimmed] : [state]) {
        const actual = machine.present(kept, asOf)
        const names = Object.keys(expected ?? {})
        expect(actual === null, `seed ${seed}`).toBe(expected === null)
        const wrong = names.filter(
          (name) => !same(actual?.[name], expected?.[name], magnitudeOf(testCase, rows)),
        )
        expect({ seed, wrong: wrong.map((name) => [name, actual?.[name], expected?.[name]]) }).toEqual({
          seed,
          wrong: [],
        })
      }
    }
  }
  return groups.length
}

describe('a compiled view', () => {
  it(`answers as a recomputation from all rows, sliced, stored and merged anyhow (seeds 0 to ${SEEDS.length - 1})`, () => {
    const groups = SEEDS.reduce((sum, seed) => sum + check(seed), 0)
    expect(groups).toBeGreaterThan(SEEDS.length)
  }, 120_000)
})
