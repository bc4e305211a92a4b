import { incompleteName } from '@tidewater/aggregates'
import { must } from '@tidewater/base'
import { callsOf, emit } from '@tidewater/expr'
import type { AggregateCall, JsBody, JsScope, TableRows } from '@tidewater/expr'
import type { EventDefinition, ViewDefinition } from 'tidewater'
import { tilesOf } from '@tidewater/windows'
import type { Layout } from '../layout-types.ts'
import { cellOf, lastHeardCell } from '../layout.ts'
import type { CellShape, GrainShape, Shape } from './shape.ts'
import { fieldCells, tileSlots } from './shape.ts'

interface Windowed {
  readonly call: AggregateCall
  readonly cell: CellShape
  readonly accumulators: readonly string[]
}

interface ReadCell {
  readonly cell: CellShape
  readonly slots: readonly string[]
}

/** The slots of each call, its window's tiles merged: statements in `body`, written once by `gather`. */
class ReadCells {
  private readonly cells = new Map<string, ReadCell>()
  private readonly windows = new Map<GrainShape, Windowed[]>()
  private readonly body: JsBody

  constructor(shape: Shape, layout: Layout, calls: readonly AggregateCall[], body: JsBody) {
    this.body = body
    for (const [id, call] of new Map(calls.map((call) => [JSON.stringify(call), call])))
      this.cells.set(id, this.read(shape, layout, call))
    for (const [grain, windows] of this.windows) body.push(gather(grain, windows, body))
  }

  of(call: AggregateCall): ReadCell {
    return must(this.cells.get(JSON.stringify(call)), `the slots of ${call.fn}`)
  }

  private read(shape: Shape, layout: Layout, call: AggregateCall): ReadCell {
    const cell = cellOf(layout, call)
    const grains = [shape.total, ...shape.tiles, ...shape.rows]
    const grain = must(
      grains.find(({ grain }) => grain.index === cell.grain),
      'the grain',
    )
    if (grain.grain.kind !== 'tile') {
      const { cell: found, slots } = must(
        fieldCells(grain).find((field) => field.cell.cell === cell),
        'the cell',
      )
      return { cell: found, slots: slots('s') }
    }
    const found = must(
      grain.cells.find((shape) => shape.cell === cell),
      'the cell',
    )
    const accumulators = found.code.zeros.map(() => `w${this.body.fresh()}`)
    const windows = this.windows.get(grain) ?? []
    this.windows.set(grain, windows)
    windows.push({ call, cell: found, accumulators })
    return { cell: found, slots: accumulators }
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

interface Sources {
  readonly view: ViewDefinition
  readonly event: EventDefinition
  readonly shape: Shape
  readonly layout: Layout
  readonly tables: TableRows
}

/** `(s, asOf) => measures by name | null` */
export const presentSource = ({ view, event, shape, layout, tables }: Sources, body: JsBody): string => {
  const heard = lastHeardCell(layout, event)
  if (view.expiresMs !== null && heard !== null) {
    const last = must(
      fieldCells(shape.total).find(({ cell }) => cell.cell === heard),
      'when it was last heard of',
    )
    const { source } = last.cell.code.present(last.slots('s'), { asOf: 'asOf', read: null })
    const name = body.declare(source)
    body.push(`if (${name} === null || ${name} < asOf - ${view.expiresMs}) return null;`)
  }
  const calls = view.measures.flatMap(({ expr }) => callsOf(expr))
  const cells = new ReadCells(shape, layout, calls, body)
  const values = new Map(
    calls.map((call) => {
      const { cell, slots } = cells.of(call)
      const { source, nullable } = cell.code.present(slots, { asOf: 'asOf', read: call.read })
      return [JSON.stringify(call), { source: body.declare(source), nullable }]
    }),
  )
  const scope: JsScope = {
    field: (name) => {
      throw new Error(`field ${name} stands in a measure outside an aggregate`)
    },
    aggregate: (call) => must(values.get(JSON.stringify(call)), `the value of ${call.fn}`),
    asOf: 'asOf',
    tables,
  }
  const measures = view.measures.map(
    ({ name, expr }) => `${JSON.stringify(name)}: ${emit(body, expr, scope).source}`,
  )
  return `(s, asOf) => {\n${body.lines.join('\n')}\nreturn { ${measures.join(', ')} };\n}`
}

/** `(s, asOf) => names of measures that this state cannot answer fully`, e.g. 'distinct:visitors'. */
export const degradedSource = ({ view, shape, layout }: Sources, body: JsBody): string => {
  const bounded = view.measures.flatMap(({ name, expr }) =>
    callsOf(expr)
      .map((call) => ({ id: incompleteName(call, name), call }))
      .filter(({ call }) => isBounded(shape, layout, call)),
  )
  const cells = new ReadCells(
    shape,
    layout,
    bounded.map(({ call }) => call),
    body,
  )
  const checks = bounded.map(({ id, call }) => {
    const { cell, slots } = cells.of(call)
    return `if (${cell.code.incomplete(slots)}) names.add(${JSON.stringify(id)});`
  })
  const text = ['const names = new Set();', ...body.lines, ...checks, 'return [...names];'].join('\n')
  return `(s, asOf) => {\n${text}\n}`
}

/** Whether what is kept for the call may forget rows. */
const isBounded = (shape: Shape, layout: Layout, call: AggregateCall): boolean => {
  const cell = cellOf(layout, call)
  const cells = [shape.total, ...shape.tiles, ...shape.rows].flatMap(({ cells }) => cells)
  const { code } = must(
    cells.find((shape) => shape.cell === cell),
    'the cell',
  )
  return code.incomplete(code.zeros) !== null
}
