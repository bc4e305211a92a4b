import { ByteReader, must } from '@tidewater/base'
import type { ByteSink } from '@tidewater/base'
import { JsBody, compileRowExpr } from '@tidewater/expr'
import type { TableRows, Value } from '@tidewater/expr'
import { bucketsOf } from '@tidewater/windows'
import { fingerprintOf } from 'tidewater'
import type { Catalog, EventDefinition, ViewDefinition } from 'tidewater'
import { decodeKey } from './key.ts'
import { layoutOf } from './layout.ts'
import type { Layout } from './layout-types.ts'
import { addSource } from './machine/add-source.ts'
import { decodeSource, encodeSource } from './machine/codec-source.ts'
import { keySource } from './machine/key-source.ts'
import type { KeyAnswers } from './machine/key-source.ts'
import { mergeSource } from './machine/merge-source.ts'
import { degradedSource, presentSource } from './machine/present-source.ts'
import { shapeOf } from './machine/shape.ts'
import { addSlotSource, slotsOfState } from './machine/slots.ts'
import { stateClass } from './machine/state-class.ts'
import { trimSource } from './machine/trim-source.ts'
import type { Machine, SlotRow, State } from './machine-types.ts'

/** A function of a machine as it was generated. */
export interface GeneratedPart {
  readonly name: string
  readonly source: string
  /** What the source closes over, by name. */
  readonly constants: ReadonlyMap<string, unknown>
}

type Build = <T>(name: string, body: JsBody, source: string) => T

/** By catalog, then view: the parts of one process share what is compiled. */
const compiled = new WeakMap<Catalog, Map<ViewDefinition, Machine>>()

/** A view of the catalog as JavaScript, compiled once. Throws when its event or a table it looks up is not in the catalog. */
export const compileView = (view: ViewDefinition, catalog: Catalog): Machine => {
  const machines = compiled.get(catalog) ?? new Map<ViewDefinition, Machine>()
  compiled.set(catalog, machines)
  const machine = machines.get(view) ?? compileAnew(view, catalog, () => undefined)
  machines.set(view, machine)
  return machine
}

/** The same without looking whether it is compiled already; `seen` is told of each part. */
export const compileAnew = (
  view: ViewDefinition,
  catalog: Catalog,
  seen: (part: GeneratedPart) => void,
): Machine => {
  const build: Build = (name, body, source) => {
    seen({ name, source, constants: body.constants })
    return body.build(`return ${source};`, `${view.name}.${name}`)
  }
  const event = must(catalog.events.get(view.from), `event ${view.from} of view ${view.name}`)
  // A table without content (a check of definitions alone) has no row for any key.
  const tables: TableRows = new Map(
    [...catalog.tables.keys()].map((name) => [
      name,
      catalog.contents.get(name)?.rows ?? new Map<string, never>(),
    ]),
  )
  const layout = layoutOf(view, event)
  return {
    view,
    layout,
    fingerprint: fingerprintOf(view, catalog),
    ...compileKeys(view, layout, tables, build),
    ...compileBuckets(view, event),
    ...compileState({ view, event, layout, tables }, build),
  }
}

const compileKeys = (
  view: ViewDefinition,
  layout: Layout,
  tables: TableRows,
  build: Build,
): Pick<Machine, 'keyOf' | 'why' | 'presentKeys'> => {
  const compile = <T>(name: string, answers: KeyAnswers): T => {
    const body = new JsBody()
    return build(name, body, keySource(view, layout, tables, body, answers))
  }
  const columns = layout.stateKeys.map(({ column }) => column)
  const presented = layout.keys.map(({ name, expr }) => ({ name, read: compileRowExpr(expr, tables) }))
  return {
    keyOf: compile<Machine['keyOf']>('keyOf', { filtered: 'null', keyless: 'null', kept: null }),
    why: compile<Machine['why']>('why', { filtered: `'filtered'`, keyless: `'keyless'`, kept: 'null' }),
    presentKeys: (key) => {
      const values = decodeKey(key, layout.stateKeys)
      const row: Record<string, Value> = {}
      columns.forEach((column, n) => {
        row[column] = values[n] ?? null
      })
      return Object.fromEntries(presented.map(({ name, read }) => [name, read(row)]))
    },
  }
}

const compileBuckets = (
  view: ViewDefinition,
  event: EventDefinition,
): Pick<Machine, 'bucketOf' | 'bucketEnd'> => {
  if (view.window === null) return { bucketOf: () => 0, bucketEnd: () => 0 }
  const buckets = bucketsOf(view.window)
  const time = event.time
  return { bucketOf: (row) => buckets.start(row[time] as number), bucketEnd: (bucket) => buckets.end(bucket) }
}

type StatePart = Omit<
  Machine,
  'view' | 'layout' | 'fingerprint' | 'keyOf' | 'why' | 'presentKeys' | 'bucketOf' | 'bucketEnd'
>

interface StateOf {
  readonly view: ViewDefinition
  readonly event: EventDefinition
  readonly layout: Layout
  readonly tables: TableRows
}

const compileState = ({ view, event, layout, tables }: StateOf, build: Build): StatePart => {
  const body = new JsBody()
  const shape = shapeOf(layout, body)
  const sources = { view, event, shape, layout, tables }
  const compile = <T>(name: string, source: (own: JsBody) => string): T => {
    const own = body.sibling()
    return build(name, own, source(own))
  }
  const Empty = build<new () => object>('State', body, stateClass(shape))
  const zero = (): State => new Empty() as State
  const read = compile<(state: State, reader: ByteReader) => void>('decode', (own) =>
    decodeSource(shape, own),
  )
  const addSlot = compile<(state: State, row: SlotRow) => void>('fromSlots', (own) =>
    addSlotSource(shape, own),
  )
  const degraded = compile<(state: State, asOf: number) => readonly string[]>('degraded', (own) =>
    degradedSource(sources, own),
  )
  const reader = new ByteReader()
  return {
    zero,
    add: compile<Machine['add']>('add', (own) => addSource(shape, event, tables, own)),
    merge: compile<Machine['merge']>('merge', () => mergeSource(shape)),
    trim: compile<Machine['trim']>('trim', (own) => trimSource(shape, own)),
    encode: compile<(state: State, out: ByteSink) => void>('encode', (own) => encodeSource(shape, own)),
    decode: (bytes, start, end) => {
      const state = zero()
      reader.reset(bytes, start)
      read(state, reader)
      if (reader.at !== end)
        throw new Error(`state of ${view.name}: ${end - start} bytes, but it ends after ${reader.at - start}`)
      return state
    },
    fromSlots: (rows) => {
      const state = zero()
      for (const row of rows) addSlot(state, row)
      return state
    },
    slotsOf: (state, rest) => slotsOfState(shape, state, rest),
    present: compile<Machine['present']>('present', (own) => presentSource(sources, own)),
    degraded: (state, asOf = Infinity) => degraded(state, asOf),
  }
}
