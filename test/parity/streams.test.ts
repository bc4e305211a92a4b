import { callsOf } from '@tidewater/expr'
import type { Value } from '@tidewater/expr'
import { compileView } from '@tidewater/plan'
import type { Machine, State } from '@tidewater/plan'
import { buildCatalog, definitionOf, streamsOf } from 'tidewater'
import type { EventDefinition, StreamDefinition, ViewDefinition } from 'tidewater'
import { expect, test } from 'vitest'
import { evaluate, plainOf, valueOf } from './oracle-expr.ts'
import { oracleOf } from './oracle-view.ts'
import type { Oracle } from './oracle-view.ts'
import { caseOf, schemaOf } from './random-case.ts'
import type { LoggedRow } from './random-case.ts'
import type { Schema } from './random-schema.ts'
import { randomStream } from './random-stream.ts'
import { randomView } from './random-view.ts'
import { createRandom } from './random.ts'

const SEEDS = Array.from({ length: Number(process.env['PARITY_SEEDS'] ?? 500) }, (_, n) => n)

/** Something a view can be from, for an event that was made up. */
const sourceOf = (event: EventDefinition): unknown => ({
  name: event.name,
  [Symbol.for('tidewater.definition')]: event,
})

/** What a step is from: its rows as they are, in an event that has just these fields. */
interface Materialised {
  readonly event: EventDefinition
  readonly rows: readonly LoggedRow[]
}

const LOGGED = { name: 'loggedAt', type: { kind: 'instant' }, optional: false } as const

/** One step done for good: the records it takes, with the fields it gives. The record's own time stays its time. */
const applied = (step: StreamDefinition, { event, rows }: Materialised, schema: Schema): Materialised => {
  const types = new Map(event.fields.map(({ name, type }) => [name, type]))
  const read = (expr: StreamDefinition['fields'][number]['expr'], { row }: LoggedRow) =>
    evaluate(expr, {
      field: (name) => plainOf(row[name] ?? null, types.get(name)!),
      aggregate: () => null,
      asOf: Number.NaN,
      tables: new Map([[schema.table.name, schema.tableRows]]),
    })
  const taken = rows.filter((row) => step.where === null || read(step.where, row) === true)
  return {
    event: {
      ...event,
      name: `${step.name}Rows`,
      fields: [
        ...step.fields.map(({ name, expr }) => ({
          name,
          type: expr.type as EventDefinition['fields'][number]['type'],
          optional: expr.optional,
        })),
        LOGGED,
      ],
      time: LOGGED.name,
    },
    rows: taken.map((logged) => ({
      ...logged,
      row: {
        ...Object.fromEntries(step.fields.map(({ name, expr }) => [name, valueOf(read(expr, logged))])),
        [LOGGED.name]: logged.row[event.time]!,
      },
    })),
  }
}

/** A view over random streams; and the same view over the rows that the streams, done one by one, gave. */
const drawn = (seed: number, schema: Schema, rows: readonly LoggedRow[]) => {
  const viewOver = (from: unknown) => randomView(createRandom(seed * 131_071), schema, 'V', from)
  let source = schema.source
  let done: Materialised = { event: schema.event, rows }
  for (let step = 0; step < 1 + (seed % 3); step++) {
    // From one seed, so the same step: over the steps so far, and over what those gave.
    const over = (from: unknown): unknown =>
      randomStream(createRandom(seed * 8191 + step), schema, from, `S${step}`)
    source = over(source)
    done = applied(definitionOf(over(sourceOf(done.event))) as StreamDefinition, done, schema)
  }
  return { view: viewOver(source), over: viewOver(sourceOf(done.event)), done }
}

const machineOf = (schema: Schema, view: ViewDefinition): Machine => {
  const definitions = [schema.event, ...streamsOf(view.through), schema.table, view]
  const catalog = buildCatalog(
    definitions.map((definition) => ({ definition, source: 'random' })),
    new Map([[schema.table.name, { hash: 'random', rows: schema.tableRows }]]),
  )
  return compileView(view, catalog)
}

const groupId = (bucket: number, keys: readonly Value[]): string =>
  JSON.stringify([bucket, keys.map((key) => (typeof key === 'bigint' ? `${key}n` : key))])

const check = (seed: number): number => {
  const schema = schemaOf(seed)
  const { rows, asOf } = caseOf(seed, schema)
  const { view, over, done } = drawn(seed, schema, rows)
  const machine = machineOf(schema, view)
  const states = new Map<string, State>()
  for (const { row, partition, offset } of rows) {
    const key = machine.keyOf(row)
    const keys = key === null ? [null] : Object.values(machine.presentKeys(key))
    if (keys.includes(null)) continue
    const id = groupId(machine.bucketOf(row), keys)
    const state = states.get(id) ?? machine.zero()
    states.set(id, state)
    machine.add(state, row, partition, offset)
  }
  const oracle = oracleOf(over, done.event, new Map([[schema.table.name, schema.tableRows]]))
  const groups = Map.groupBy(
    done.rows.filter((row) => oracle.passes(row)),
    (logged) => {
      const keys = over.keys.map(({ expr }) => valueOf(oracle.read(expr, logged)))
      const loggedAt = { [schema.event.time]: logged.row[LOGGED.name]! }
      return keys.includes(null) ? 'keyless' : groupId(machine.bucketOf(loggedAt), keys)
    },
  )
  groups.delete('keyless')
  expect([seed, ...states.keys()].sort()).toEqual([seed, ...groups.keys()].sort())
  for (const [id, group] of groups) {
    const actual = machine.present(states.get(id)!, asOf)
    const expected = oracle.present(group, asOf)
    const slack = slackOf(over, oracle, group)
    const wrong = over.measures
      .map(({ name }) => [name, actual?.[name], expected?.[name]] as const)
      .filter(([, is, meant]) => !same(is, meant, slack))
    expect({ seed, wrong, there: actual !== null }).toEqual({ seed, wrong: [], there: expected !== null })
  }
  return groups.size
}

/** Doubles to 1e-9 of the magnitudes added (semantics V2), whose order is not the same; everything else exactly. */
const same = (a: unknown, b: unknown, slack: number): boolean =>
  Array.isArray(a) && Array.isArray(b)
    ? a.length === b.length && a.every((item, n) => same(item, b[n], slack))
    : a === b || (typeof a === 'number' && Math.abs(a - Number(b)) <= slack + 1e-12 * Math.abs(a))

const slackOf = (over: ViewDefinition, oracle: Oracle, group: readonly LoggedRow[]): number => {
  const doubles = over.measures
    .flatMap(({ expr }) => callsOf(expr))
    .flatMap(({ arg }) => (arg?.type.kind === 'number' ? [arg] : []))
  const sizes = doubles.flatMap((arg) => group.map((row) => Math.abs(Number(oracle.read(arg, row)))))
  return 1e-9 * sizes.reduce((sum, size) => sum + size, 0)
}

test(`a view over streams is the view over what the streams give (seeds 0 to ${SEEDS.length - 1})`, () => {
  expect(SEEDS.reduce((groups, seed) => groups + check(seed), 0)).toBeGreaterThan(SEEDS.length)
}, 120_000)
