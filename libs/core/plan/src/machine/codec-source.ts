import type { JsBody } from '@tidewater/expr'
import { putCount, putSigned, reserve } from './bytes.ts'
import { cellCodec } from './codec-cells.ts'
import type { CellCodec } from './codec-cells.ts'
import type { CellShape, GrainShape, SessionShape, Shape } from './shape.ts'
import { tileSlots, totalSlots } from './shape.ts'

interface Coded {
  readonly shape: CellShape
  readonly codec: CellCodec
}

const coded = (grain: GrainShape, body: JsBody): readonly Coded[] =>
  grain.cells.map((shape) => ({ shape, codec: cellCodec(shape, body) }))

const sized = (cells: readonly Coded[]): number => cells.reduce((sum, { codec }) => sum + codec.sized, 0)
const bounds = (cells: readonly Coded[], slots: (cell: CellShape) => readonly string[]): readonly string[] =>
  cells.map(({ shape, codec }) => codec.bound(slots(shape))).filter((bound) => bound !== null)

const MAX_TILE_BYTES = 9
const MAX_SESSION_BYTES = 27

/**
 * `(s, out) => void`. Bytes: every total; per tile grain the number of tiles, then each tile's distance from the one
 * before and its slots; per session grain the number of sessions (doubled, plus 1 when some were dropped), then each
 * start's distance from the end before, its length and events.
 */
export const encodeSource = (shape: Shape, body: JsBody): string => {
  const total = coded(shape.total, body)
  const tiles = shape.tiles.map((grain) => ({ grain, cells: coded(grain, body) }))
  const size = [
    String(sized(total) + 9 * (tiles.length + shape.sessions.length)),
    ...bounds(total, (cell) => totalSlots(cell, 's')),
    ...tiles.map(({ grain, cells }) => tilesBound(grain, cells)),
    ...shape.sessions.map(
      ({ field }) => `(s.${field} === null ? 0 : s.${field}.length * ${MAX_SESSION_BYTES / 3})`,
    ),
  ]
  const loops = tiles
    .map(({ grain, cells }) =>
      bounds(cells, (cell) => tileSlots(cell, `s.${grain.field}`, 'i')).map((bound) => ({ grain, bound })),
    )
    .flat()
    .map(
      ({ grain, bound }) =>
        `for (let i = 0, b = s.${grain.field}; b !== null && i < b.length; i += ${grain.size}) size += ${bound};`,
    )
  const writes = [
    ...total.map(({ shape, codec }) => codec.write(totalSlots(shape, 's'))),
    ...tiles.map(({ grain, cells }) => writeTiles(grain, cells, body)),
    ...shape.sessions.map((grain) => writeSessions(grain, body)),
  ]
  return `(s, out) => {
let size = ${size.join(' + ')};
${loops.join('\n')}
const bytes = ${body.constant(reserve)}(out, size);
let at = out.length;
${writes.join('\n')}
out.length = at;
}`
}

const tilesBound = ({ field, size }: GrainShape, cells: readonly Coded[]): string =>
  `(s.${field} === null ? 0 : s.${field}.length * ${Math.ceil((MAX_TILE_BYTES + sized(cells)) / size)})`

const writeTiles = ({ field, size }: GrainShape, cells: readonly Coded[], body: JsBody): string => {
  const [count, signed] = [body.constant(putCount), body.constant(putSigned)]
  const slots = cells.map(({ shape, codec }) => codec.write(tileSlots(shape, 'a', 'i'))).join('\n    ')
  return `if (s.${field} === null) bytes[at++] = 0;
else {
  const a = s.${field};
  at = ${count}(bytes, at, a.length / ${size});
  at = ${signed}(bytes, at, a[0]);
  for (let i = 0, last = a[0]; i < a.length; i += ${size}) {
    if (i > 0) at = ${count}(bytes, at, a[i] - last);
    last = a[i];
    ${slots}
  }
}`
}

const writeSessions = ({ field }: SessionShape, body: JsBody): string => {
  const [count, signed] = [body.constant(putCount), body.constant(putSigned)]
  return `if (s.${field} === null) bytes[at++] = 0;
else {
  const a = s.${field};
  at = ${count}(bytes, at, (a.length - 1) / 3 * 2 + a[0]);
  for (let i = 1; i < a.length; i += 3) {
    at = i === 1 ? ${signed}(bytes, at, a[1]) : ${count}(bytes, at, a[i] - a[i - 2]);
    at = ${count}(bytes, at, a[i + 1] - a[i]);
    at = ${count}(bytes, at, a[i + 2]);
  }
}`
}

/** `(s, r) => void`, the inverse: fills an empty state from the reader. */
export const decodeSource = (shape: Shape, body: JsBody): string => {
  const totals = coded(shape.total, body).flatMap(({ shape, codec }) =>
    totalSlots(shape, 's').map((slot, n) => `${slot} = ${codec.reads[n]};`),
  )
  const tiles = shape.tiles.map((grain) => readTiles(grain, coded(grain, body)))
  const sessions = shape.sessions.map(({ field }) => readSessions(field))
  return `(s, r) => {\n${[...totals, ...tiles, ...sessions].join('\n')}\n}`
}

const readTiles = ({ field }: GrainShape, cells: readonly Coded[]): string => {
  const reads = cells.flatMap(({ codec }) => codec.reads).map((read) => `(${read})`)
  return `{
  const count = r.count();
  if (count > 0) {
    let tile = r.signed();
    const a = [${['tile', ...reads].join(', ')}];
    for (let n = 1; n < count; n++) {
      tile += r.count();
      a.push(${['tile', ...reads].join(', ')});
    }
    s.${field} = a;
  }
}`
}

const readSessions = (field: string): string => `{
  const count = r.count();
  if (count > 0) {
    const a = [count % 2];
    for (let n = 0, end = 0; n < count >> 1; n++) {
      const start = n === 0 ? r.signed() : end + r.count();
      end = start + r.count();
      a.push(start, end, r.count());
    }
    s.${field} = a;
  }
}`
