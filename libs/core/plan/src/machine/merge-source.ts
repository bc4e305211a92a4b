import { mergeSessions } from '@tidewater/aggregates'
import type { JsBody } from '@tidewater/expr'
import type { GrainShape, SessionShape, Shape } from './shape.ts'
import { tileSlots, totalSlots } from './shape.ts'

/** `(s, from) => void` */
export const mergeSource = (shape: Shape, body: JsBody): string => {
  const total = shape.total.cells.map((cell) =>
    cell.code.merge(totalSlots(cell, 's'), totalSlots(cell, 'from')),
  )
  const tiles = shape.tiles.map((grain) => mergeTiles(grain))
  const sessions = shape.sessions.map((grain) => mergeList(grain, body))
  return `(s, from) => {\n${[...total, ...tiles, ...sessions].join('\n')}\n}`
}

/** Walks both lists once, since both are ordered. */
const mergeTiles = ({ field, cells, zeros, size }: GrainShape): string => {
  const merges = cells.map((cell) => cell.code.merge(tileSlots(cell, 'a', 'i'), tileSlots(cell, 'b', 'j')))
  return `if (from.${field} !== null) {
  const b = from.${field};
  const a = s.${field} === null ? (s.${field} = []) : s.${field};
  for (let i = 0, j = 0; j < b.length; j += ${size}) {
    while (i < a.length && a[i] < b[j]) i += ${size};
    if (i === a.length) a.push(b[j], ${zeros.join(', ')});
    else if (a[i] !== b[j]) a.splice(i, 0, b[j], ${zeros.join(', ')});
    ${merges.join('\n    ')}
  }
}`
}

const mergeList = ({ grain, field }: SessionShape, body: JsBody): string => `if (from.${field} !== null) {
  if (s.${field} === null) s.${field} = from.${field}.slice();
  else ${body.constant(mergeSessions)}(s.${field}, from.${field}, ${grain.ms});
}`
