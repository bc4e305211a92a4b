/** ns per event and per key of the compiled UserActivity, without log or store: `node test/bench/machine-bench.ts`. */
import type { ByteSink } from '@tidewater/base'
import { ShopEvent } from '@tidewater/pipelines/commerce/events'
import { UserActivity } from '@tidewater/pipelines/commerce/views'
import { compileView } from '@tidewater/plan'
import type { Row, State } from '@tidewater/plan'
import { buildCatalog, definitionOf } from 'tidewater'
import type { Definition, ViewDefinition } from 'tidewater'
import { shopEvents } from './shop-events.ts'

const EVENTS = 1_000_000
const BATCH = 20_000

const definitions = [ShopEvent, UserActivity].map((source) => definitionOf(source) as Definition)
const catalog = buildCatalog(definitions.map((definition) => ({ definition, source: 'pipelines' })))
const machine = compileView(definitionOf(UserActivity) as ViewDefinition, catalog)

interface Result {
  readonly addNs: number
  readonly encodeNs: number
  readonly decodeNs: number
  readonly mergeNs: number
  readonly presentNs: number
  readonly keys: number
  readonly bytesPerKey: number
}

/** Applies the events batch by batch and encodes the changed keys of each, as a commit does. */
const run = (rows: readonly Row[]): Result => {
  const states = new Map<string, State>()
  const sink: ByteSink = { bytes: new Uint8Array(1 << 20), length: 0 }
  let [addMs, encodeMs, encoded] = [0, 0, 0]
  for (let from = 0; from < rows.length; from += BATCH) {
    const changed = new Set<State>()
    let start = performance.now()
    for (let n = from; n < from + BATCH; n++) {
      const row = rows[n]!
      const key = machine.keyOf(row)
      if (key === null) continue
      let state = states.get(key)
      if (state === undefined) states.set(key, (state = machine.zero()))
      machine.add(state, row, 3, n)
      changed.add(state)
    }
    addMs += performance.now() - start
    start = performance.now()
    sink.length = 0
    for (const state of changed) machine.encode(state, sink)
    encodeMs += performance.now() - start
    encoded += changed.size
  }
  return {
    addNs: (addMs * 1e6) / rows.length,
    encodeNs: (encodeMs * 1e6) / encoded,
    ...rest([...states.values()]),
  }
}

const rest = (states: readonly State[]): Omit<Result, 'addNs' | 'encodeNs'> => {
  const sink: ByteSink = { bytes: new Uint8Array(1 << 20), length: 0 }
  const ends = states.map((state) => {
    machine.encode(state, sink)
    return sink.length
  })
  const timed = (act: () => void): number => {
    const start = performance.now()
    act()
    return ((performance.now() - start) * 1e6) / states.length
  }
  let decoded: State[] = []
  const decodeNs = timed(() => {
    decoded = ends.map((end, n) => machine.decode(sink.bytes, ends[n - 1] ?? 0, end))
  })
  const presentNs = timed(() => states.forEach((state) => machine.present(state, 1_700_001_000_000)))
  const mergeNs = timed(() => states.forEach((state, n) => machine.merge(decoded[n]!, state)))
  return { decodeNs, mergeNs, presentNs, keys: states.length, bytesPerKey: sink.length / states.length }
}

const rows = Array.from(shopEvents(EVENTS, 1), ({ value }): Row => {
  const row = JSON.parse(value) as Record<string, string | number>
  return { ...row, amount: Math.round(Number(row['amount']) * 100) }
})
for (let round = 0; round < 3; round++) {
  const result = Object.entries(run(rows)).map(([name, value]) => [name, Math.round(value as number)])
  console.log(JSON.stringify(Object.fromEntries(result)))
}
