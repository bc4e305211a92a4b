import { must } from '@tidewater/base'
import type { Value } from '@tidewater/expr'
import { compileView, decodeKey, encodeKey } from '@tidewater/plan'
import type { Machine, SlotRow, State } from '@tidewater/plan'
import { snakeCase } from 'tidewater'
import type { Catalog } from 'tidewater'
import type { Answer, AnswerRow } from './answer.ts'
import type { Case, LoggedRow } from './random-case.ts'
import { withoutDuplicates } from './random-case.ts'

/** The definitions of a case; its table is loaded. */
export const catalogOf = ({ view, schema }: Case): Catalog => ({
  events: new Map([[schema.event.name, schema.event]]),
  streams: new Map(),
  joins: new Map(),
  patterns: new Map(),
  tables: new Map([[schema.table.name, schema.table]]),
  views: new Map([[view.name, view]]),
  contents: new Map([[schema.table.name, { hash: 'parity', rows: schema.tableRows }]]),
  sources: new Map(),
})

/** The case's view, compiled. */
export const machineOf = (one: Case): Machine => compileView(one.view, catalogOf(one))

interface Group {
  readonly bucket: number
  readonly key: string
  readonly states: State[]
}

interface SlicedGroup extends Group {
  /** The same states by slice. */
  readonly slices: Map<string, State>
}

/** All rows added to one state per group: what JavaScript says without any merge. */
export function addedAnswer(machine: Machine, one: Case): Answer {
  return {
    by: 'js, all rows added',
    rows: presented(
      machine,
      one,
      groupsOf(machine, one, () => 'all'),
    ),
  }
}

/** One state per partition and half of the log, through their bytes, trimmed, then merged: what Redis and serving do. */
export function mergedAnswer(machine: Machine, one: Case): Answer {
  const sliceOf = ({ partition, offset }: LoggedRow): string => `${partition}/${offset >= one.cut ? 1 : 0}`
  const groups = groupsOf(machine, one, sliceOf)
  const stored = groups.map((group) => ({
    ...group,
    states: group.states.map((state) => throughBytes(machine, one, state)),
  }))
  return { by: 'js, slices merged', rows: presented(machine, one, stored) }
}

/** States built from an engine's slot rows: what a batch part read by serving gives. */
export function fromSlotsAnswer(
  machine: Machine,
  one: Case,
  engine: string,
  rows: readonly SlotRow[],
): Answer {
  const groups = new Map<string, { bucket: number; key: string; rows: SlotRow[] }>()
  for (const row of rows) {
    const key = encodeKey(row.keys, machine.layout.stateKeys)
    const id = JSON.stringify([row.bucket, key])
    const group = groups.get(id) ?? { bucket: row.bucket, key, rows: [] }
    groups.set(id, group)
    group.rows.push(row)
  }
  const states = [...groups.values()].map((group) => ({ ...group, states: [machine.fromSlots(group.rows)] }))
  return { by: `js from the slots of ${engine}`, rows: presented(machine, one, states) }
}

/** The slot rows of every partition and group, trimmed: what a recompute must find in the lake. */
export function slotsOf(machine: Machine, one: Case): SlotRow[] {
  return groupsOf(machine, one, ({ partition }) => String(partition)).flatMap(({ bucket, key, slices }) =>
    [...slices].flatMap(([partition, state]) => {
      if (one.newest !== null) machine.trim(state, one.newest)
      const keys = decodeKey(key, machine.layout.stateKeys)
      return machine.slotsOf(state, { partition: Number(partition), bucket, keys })
    }),
  )
}

function throughBytes(machine: Machine, { newest }: Case, state: State): State {
  if (newest !== null) machine.trim(state, newest)
  const sink = { bytes: new Uint8Array(1 << 16), length: 0 }
  machine.encode(state, sink)
  return machine.decode(sink.bytes, 0, sink.length)
}

function groupsOf(machine: Machine, one: Case, sliceOf: (row: LoggedRow) => string): SlicedGroup[] {
  const groups = new Map<string, SlicedGroup>()
  for (const logged of withoutDuplicates(one.rows, one.schema.event.horizonMs)) {
    const key = machine.keyOf(logged.row)
    if (key === null) continue
    const bucket = machine.bucketOf(logged.row)
    const id = JSON.stringify([bucket, key])
    const group = groups.get(id) ?? { bucket, key, states: [], slices: new Map<string, State>() }
    groups.set(id, group)
    const slice = sliceOf(logged)
    const state = group.slices.get(slice) ?? machine.zero()
    if (!group.slices.has(slice)) {
      group.slices.set(slice, state)
      group.states.push(state)
    }
    machine.add(state, logged.row, logged.partition, logged.offset)
  }
  return [...groups.values()]
}

/** Merges groups that present the same keys (a lookup may bind several to one) and presents them. */
function presented(machine: Machine, one: Case, groups: readonly Group[]): AnswerRow[] {
  const shown = new Map<string, { bucket: number; keys: Record<string, Value>; states: State[] }>()
  for (const { bucket, key, states } of groups) {
    const keys = machine.presentKeys(key)
    if (Object.values(keys).includes(null)) continue
    const id = JSON.stringify([bucket, keys], (_, value: unknown) =>
      typeof value === 'bigint' ? `${value}n` : value,
    )
    const group = shown.get(id) ?? { bucket, keys, states: [] }
    shown.set(id, group)
    group.states.push(...states)
  }
  return [...shown.values()].flatMap(({ bucket, keys, states }) => {
    const [first, ...rest] = states
    const state = must(first, 'a state')
    for (const other of rest) machine.merge(state, other)
    const measures = machine.present(state, one.asOf)
    if (measures === null) return []
    const window =
      one.view.window === null ? {} : { window_start: bucket, window_end: machine.bucketEnd(bucket) }
    return [{ ...window, ...snaked(keys), ...snaked(measures) }]
  })
}

const snaked = (values: Readonly<Record<string, Value>>): AnswerRow =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [snakeCase(name), value]))
