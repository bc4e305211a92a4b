import { sessionEvents, sessionSeconds, sessionStart } from '@tidewater/aggregates'
import { must } from '@tidewater/base'
import { aggregatesOf, emit } from '@tidewater/expr'
import type { AggregateCall, Atom, JsBody, JsScope, TableRows } from '@tidewater/expr'
import type { EventDefinition, ViewDefinition } from 'tidewater'
import { tilesOf } from '@tidewater/windows'
import type { Layout } from '../layout-types.ts'
import { cellOf, lastHeardCell } from '../layout.ts'
import type { CellShape, GrainShape, Shape } from './shape.ts'
import { tileSlots, totalSlots } from './shape.ts'

const READS = { seconds: sessionSeconds, events: sessionEvents, startedAt: sessionStart } as const

interface Windowed {
  readonly call: AggregateCall
  readonly cell: CellShape
  readonly accumulators: readonly string[]
}

/** Everything measures read from a state, as statements in `body`; answers the value of each call. */
class PresentedAggregates {
  private readonly atoms = new Map<string, Atom>()
  private readonly windows = new Map<GrainShape, Windowed[]>()
  private readonly shape: Shape
  private readonly layout: Layout
  private readonly body: JsBody

  constructor(shape: Shape, layout: Layout, calls: readonly AggregateCall[], body: JsBody) {
    this.shape = shape
    this.layout = layout
    this.body = body
    const distinct = new Map(calls.map((call) => [JSON.stringify(call), call]))
    const pending = [...distinct].map(([id, call]) => [id, this.plan(call)] as const)
    for (const [grain, windows] of this.windows) body.push(gather(grain, windows, body))
    for (const [id, present] of pending) this.atoms.set(id, present())
  }

  of(call: AggregateCall): Atom {
    return must(this.atoms.get(JSON.stringify(call)), `the value of ${call.fn}`)
  }

  /** What presents the call once all windows are gathered. */
  private plan(call: AggregateCall): () => Atom {
    const cell = cellOf(this.layout, call)
    const named = ({ source, nullable }: Atom): Atom => ({ source: this.body.declare(source), nullable })
    if (call.fn === 'session') {
      const { field } = must(
        this.shape.sessions.find(({ session }) => session === cell),
        'the session list',
      )
      const read = call.read ?? 'seconds'
      const value = `${this.body.constant(READS[read])}(s.${field}, asOf, ${call.gapMs})`
      const none = read === 'startedAt' ? 'null' : '0'
      return () =>
        named({ source: `s.${field} === null ? ${none} : ${value}`, nullable: read === 'startedAt' })
    }
    const grain = [this.shape.total, ...this.shape.tiles].find(({ grain }) => grain.index === cell.grain)
    const cellShape = must(
      grain?.cells.find((shape) => shape.cell === cell),
      'the cell',
    )
    if (call.window === null) return () => named(cellShape.code.present(totalSlots(cellShape, 's')))
    const accumulators = cell.columns.map(() => `w${this.body.fresh()}`)
    const windows = this.windows.get(must(grain, 'the grain')) ?? []
    this.windows.set(must(grain, 'the grain'), windows)
    windows.push({ call, cell: cellShape, accumulators })
    return () => named(cellShape.code.present(accumulators))
  }
}

/** One pass over a grain's tiles, newest first, that fills the accumulators of all its windows. */
const gather = ({ grain, field, size }: GrainShape, windows: readonly Windowed[], body: JsBody): string => {
  const ranges = new Map<string, { readonly name: string; readonly windows: Windowed[] }>()
  const lines: string[] = []
  for (const windowed of windows) {
    const { kind, ms } = must(windowed.call.window, 'the window')
    const source = `${body.constant(tilesOf)}('${kind}', ${ms}, ${grain.ms}, asOf)`
    const range = ranges.get(source) ?? { name: `r${body.fresh()}`, windows: [] }
    if (!ranges.has(source)) lines.push(`const ${range.name} = ${source};`)
    ranges.set(source, range)
    range.windows.push(windowed)
    const { zeros } = windowed.cell.code
    lines.push(...windowed.accumulators.map((name, n) => `let ${name} = ${zeros[n]};`))
  }
  const firsts = [...ranges.values()].map(({ name }) => `${name}.first`).join(', ')
  const takes = [...ranges.values()].map(({ name, windows }) => {
    const merges = windows.map(({ cell, accumulators }) =>
      cell.code.merge(accumulators, tileSlots(cell, 'a', 'i')),
    )
    return `if (tile >= ${name}.first && tile <= ${name}.last) { ${merges.join(' ')} }`
  })
  return `${lines.join('\n')}
if (s.${field} !== null) {
  const a = s.${field}, oldest = Math.min(${firsts});
  for (let i = a.length - ${size}; i >= 0; i -= ${size}) {
    const tile = a[i];
    if (tile < oldest) break;
    ${takes.join('\n    ')}
  }
}`
}

const scopeOf = (aggregates: PresentedAggregates, tables: TableRows): JsScope => ({
  field: (name) => {
    throw new Error(`field ${name} stands in a measure outside an aggregate`)
  },
  aggregate: (call) => aggregates.of(call),
  asOf: 'asOf',
  tables,
})

interface Sources {
  readonly view: ViewDefinition
  readonly event: EventDefinition
  readonly shape: Shape
  readonly layout: Layout
  readonly tables: TableRows
}

const callsOf = (view: ViewDefinition): readonly AggregateCall[] =>
  view.measures.flatMap(({ expr }) => aggregatesOf(expr).map(({ call }) => call))

/** `(s, asOf) => measures by name | null` */
export const presentSource = ({ view, event, shape, layout, tables }: Sources, body: JsBody): string => {
  const heard = lastHeardCell(layout, event)
  if (view.expiresMs !== null && heard !== null) {
    body.push(`if (!(s.${heard.columns[0]?.name} >= asOf - ${view.expiresMs})) return null;`)
  }
  const scope = scopeOf(new PresentedAggregates(shape, layout, callsOf(view), body), tables)
  const measures = view.measures.map(
    ({ name, expr }) => `${JSON.stringify(name)}: ${emit(body, expr, scope).source}`,
  )
  return `(s, asOf) => {\n${body.lines.join('\n')}\nreturn { ${measures.join(', ')} };\n}`
}

/** `(s, asOf) => names of measures that this state cannot answer fully`, e.g. 'distinct:visitors'. */
export const degradedSource = ({ view, shape, layout }: Sources, body: JsBody): string => {
  const bounded = view.measures.flatMap(({ name, expr }) =>
    aggregatesOf(expr)
      .map(({ call }) => call)
      .filter(({ fn }) => fn === 'distinct' || fn === 'session')
      .map((call) => ({ id: `${call.fn}:${name}`, call })),
  )
  const sets = bounded.filter(({ call }) => call.fn === 'distinct')
  const aggregates = new PresentedAggregates(
    shape,
    layout,
    sets.map(({ call }) => call),
    body,
  )
  const checks = bounded.map(({ id, call }) => {
    if (call.fn === 'distinct')
      return `if (${aggregates.of(call).source} === null) names.add(${JSON.stringify(id)});`
    const { field } = must(
      shape.sessions.find(({ session }) => session === cellOf(layout, call)),
      'the session list',
    )
    return `if (s.${field} !== null && s.${field}[0] === 1) names.add(${JSON.stringify(id)});`
  })
  const text = ['const names = new Set();', ...body.lines, ...checks, 'return [...names];'].join('\n')
  return `(s, asOf) => {\n${text}\n}`
}
