import type { CellBytes } from '@tidewater/aggregates'
import { putCount, putSigned, reserve } from '@tidewater/base'
import type { JsBody } from '@tidewater/expr'
import { blankList } from '@tidewater/windows'
import { fieldCells, tileSlots } from './shape.ts'
import type { CellShape, FieldCell, GrainShape, Shape } from './shape.ts'

/** The most bytes a list's length, and a tile's distance, take. */
const MOST_COUNT_BYTES = 9

const bytesOf = (cells: readonly CellShape[]): readonly CellBytes[] => cells.map(({ code }) => code.bytes)
const sized = (cells: readonly CellShape[]): number =>
  bytesOf(cells).reduce((sum, bytes) => sum + bytes.sized, 0)

/**
 * `(s, out) => void`. Bytes: every total; per tile grain the number of tiles, then each tile's distance from the one before and
 * its slots; whatever keeps rows of its own.
 */
export const encodeSource = (shape: Shape, body: JsBody): string => {
  const fields = [shape.total, ...shape.rows].flatMap(fieldCells)
  const size = [
    String(sized(fields.map(({ cell }) => cell)) + MOST_COUNT_BYTES * shape.tiles.length),
    ...fields.map(({ cell, slots }) => cell.code.bytes.bound(slots('s'))).filter((bound) => bound !== null),
    ...shape.tiles.map(tilesBound),
  ]
  const writeField = ({ cell, slots }: FieldCell): string => cell.code.bytes.write(slots('s'))
  const writes = [
    ...fieldCells(shape.total).map(writeField),
    ...shape.tiles.map((grain) => writeTiles(grain, body)),
    ...shape.rows.flatMap(fieldCells).map(writeField),
  ]
  return `(s, out) => {
let size = ${size.join(' + ')};
${shape.tiles.flatMap(slotBounds).join('\n')}
const bytes = ${body.constant(reserve)}(out, size);
let at = out.length;
${writes.join('\n')}
out.length = at;
}`
}

const tilesBound = ({ field, size, cells }: GrainShape): string =>
  `(s.${field} === null ? 0 : s.${field}.length * ${Math.ceil((MOST_COUNT_BYTES + sized(cells)) / size)})`

/** Statements that add what the slots of tiles take beyond their fixed size. */
const slotBounds = ({ field, size, cells }: GrainShape): readonly string[] =>
  cells
    .map((cell) => cell.code.bytes.bound(tileSlots(cell, `s.${field}`, 'i')))
    .filter((bound) => bound !== null)
    .map(
      (bound) =>
        `for (let i = 0, b = s.${field}; b !== null && i < b.length; i += ${size}) size += ${bound};`,
    )

const writeTiles = ({ field, size, cells }: GrainShape, body: JsBody): string => {
  const [count, signed] = [body.constant(putCount), body.constant(putSigned)]
  const slots = cells.map((cell) => cell.code.bytes.write(tileSlots(cell, 'a', 'i'))).join('\n    ')
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

/** `(s, r) => void`, the inverse: fills an empty state from the reader. */
export const decodeSource = (shape: Shape, body: JsBody): string => {
  const readField = ({ cell, slots }: FieldCell): readonly string[] =>
    slots('s').map((slot, n) => `${slot} = ${cell.code.bytes.reads[n]};`)
  const reads = [
    ...fieldCells(shape.total).flatMap(readField),
    ...shape.tiles.map((grain) => readTiles(grain, body)),
    ...shape.rows.flatMap(fieldCells).flatMap(readField),
  ]
  return `(s, r) => {\n${reads.join('\n')}\n}`
}

const readTiles = ({ field, size, cells }: GrainShape, body: JsBody): string => {
  const reads = bytesOf(cells).flatMap(({ reads }) => reads)
  return `{
  const count = r.count();
  if (count > 0) {
    const a = ${body.constant(blankList)}(count * ${size}, ${size});
    let tile = r.signed();
    for (let i = 0; i < a.length; i += ${size}) {
      if (i > 0) tile += r.count();
      a[i] = tile;
      ${reads.map((read, n) => `a[i + ${n + 1}] = ${read};`).join('\n      ')}
    }
    s.${field} = a;
  }
}`
}
