import { aggregateOf } from '@tidewater/aggregates'
import { must } from '@tidewater/base'
import type { Type, Value } from '@tidewater/expr'
import { compileView, encodeKey } from '@tidewater/plan'
import type { Machine } from '@tidewater/plan'
import type { Pointer } from '@tidewater/seam'
import { isRouted } from '@tidewater/plan'
import { topicOf } from 'tidewater'
import type { Catalog, EventDefinition, ViewDefinition } from 'tidewater'

/** One key or measure as it is presented. */
export interface Column {
  readonly name: string
  readonly type: Type
  readonly optional: boolean
  /** What its aggregate answers, error bound included; null for keys and for measures that are worked out from several. */
  readonly doc: string | null
  readonly role: 'KEY' | 'MEASURE'
}

/** All that reading a view needs, worked out once. */
export interface ViewAccess {
  readonly view: ViewDefinition
  readonly event: EventDefinition
  readonly machine: Machine
  readonly topic: string
  readonly keys: readonly Column[]
  readonly measures: readonly Column[]
  readonly column: (name: string) => Column | null
  /** The stored key text of a group, from all its keys; null: a key is bound at read, so finding it needs a scan. */
  keyText(keys: Readonly<Record<string, Value>>): string | null
  /** The log's key text of a stored key: it tells the home partition. Null: the group is on any partition. */
  homeText(key: string): string | null
  /** True when every measure reads tiles only, so an answer of an hour ago is as exact as one of now. */
  readonly onlyTiles: boolean
  readonly hasTiles: boolean
  /** The longest window, ms; 0 without. */
  readonly longestWindowMs: number
}

const keyTextOf = (machine: Machine): ViewAccess['keyText'] => {
  const { stateKeys, keys } = machine.layout
  if (keys.some(({ direct }) => direct === null)) return () => null
  const names = stateKeys.map(
    ({ column }) =>
      must(
        keys.find(({ direct }) => direct === column),
        `key ${column}`,
      ).name,
  )
  return (given) =>
    encodeKey(
      names.map((name) => given[name] ?? null),
      stateKeys,
    )
}

/** Copies of one key are on one partition, unless a producer chose another: then the home partition is marked strayed. */
const homeTextOf = (machine: Machine, event: EventDefinition): ViewAccess['homeText'] =>
  isRouted(machine.layout, event) ? (key) => key : () => null

export const viewAccess = (view: ViewDefinition, catalog: Catalog): ViewAccess => {
  const event = must(catalog.events.get(view.from), `event ${view.from}`)
  const machine = compileView(view, catalog)
  const { grains, cells } = machine.layout
  const keys = view.keys.map(({ name, expr }): Column => ({
    name,
    type: expr.type,
    optional: false,
    doc: null,
    role: 'KEY',
  }))
  const measures = view.measures.map(({ name, expr }): Column => ({
    name,
    type: expr.type,
    optional: expr.optional,
    doc: expr.op === 'aggregate' ? aggregateOf(expr.call).doc : null,
    role: 'MEASURE',
  }))
  const columns = new Map([...keys, ...measures].map((column) => [column.name, column]))
  return {
    view,
    event,
    machine,
    topic: topicOf(event.name),
    keys,
    measures,
    column: (name) => columns.get(name) ?? null,
    keyText: keyTextOf(machine),
    homeText: homeTextOf(machine, event),
    hasTiles: grains.some(({ kind }) => kind === 'tile'),
    onlyTiles: cells.every(({ grain }) => grains[grain]?.kind === 'tile'),
    longestWindowMs: Math.max(0, ...grains.map(({ reachMs }) => reachMs)),
  }
}

/** Whether the generation has a part of this very definition; generation 0 has one of every view: nothing. */
export const isHeldBy = ({ view, machine }: ViewAccess, pointer: Pointer): boolean =>
  pointer.number === 0 || pointer.fingerprints[view.name] === machine.fingerprint
