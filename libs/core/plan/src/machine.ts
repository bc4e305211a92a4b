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
import { mergeSource } from './machine/merge-source.ts'
import { degradedSource, presentSource } from './machine/present-source.ts'
import { shapeOf } from './machine/shape.ts'
import { addSlotSource, slotsOfState } from './machine/slots.ts'
import { stateClass } from './machine/state-class.ts'
import { trimSource } from './machine/trim-source.ts'
import type { Left, Machine, Row, SlotRow, State } from './machine-types.ts'

/** Compiles a view of the catalog to JavaScript. Throws when its event or a table it looks up is not in the catalog. */
export const compileView = (view: ViewDefinition, catalog: Catalog): Machine => {
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
    ...compileKeys(view, layout, tables),
    ...compileBuckets(view, event),
    ...compileState(view, event, layout, tables),
  }
}

const compileKeys = (
  view: ViewDefinition,
  layout: Layout,
  tables: TableRows,
): Pick<Machine, 'keyOf' | 'why' | 'presentKeys'> => {
  const build = <T>(left: Parameters<typeof keySource>[4]): T => {
    const body = new JsBody()
    const source = keySource(view, layout, tables, body, left)
    return body.build<T>(`return ${source};`)
  }
  const columns = layout.stateKeys.map(({ column }) => column)
  const presented = layout.keys.map(({ name, expr }) => ({ name, read: compileRowExpr(expr, tables) }))
  return {
    keyOf: build<(row: Row) => string | null>({ filtered: 'null', keyless: 'null', kept: null }),
    why: build<(row: Row) => Left | null>({ filtered: `'filtered'`, keyless: `'keyless'`, kept: 'null' }),
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

const compileState = (
  view: ViewDefinition,
  event: EventDefinition,
  layout: Layout,
  tables: TableRows,
): StatePart => {
  const body = new JsBody()
  const shape = shapeOf(layout, body)
  const sources = { view, event, shape, layout, tables }
  const build = <T>(source: (own: JsBody) => string): T => {
    const own = body.sibling()
    const text = source(own)
    return own.build<T>(`return ${text};`)
  }
  const StateOf = stateClass(shape, body)
  const zero = (): State => new StateOf() as State
  const read = build<(state: State, reader: ByteReader) => void>(() => decodeSource(shape))
  const addSlot = build<(state: State, row: SlotRow) => void>((own) => addSlotSource(shape, own))
  const degraded = build<(state: State, asOf: number) => readonly string[]>((own) =>
    degradedSource(sources, own),
  )
  const reader = new ByteReader()
  return {
    zero,
    add: build<Machine['add']>((own) => addSource(shape, event, tables, own)),
    merge: build<Machine['merge']>(() => mergeSource(shape)),
    trim: build<Machine['trim']>((own) => trimSource(shape, own)),
    encode: build<(state: State, out: ByteSink) => void>((own) => encodeSource(shape, own)),
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
    present: build<Machine['present']>((own) => presentSource(sources, own)),
    degraded: (state, asOf = Infinity) => degraded(state, asOf),
  }
}
