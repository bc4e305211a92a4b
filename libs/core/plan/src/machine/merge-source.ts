import { fieldCells, tileSlots } from './shape.ts'
import type { FieldCell, GrainShape, Shape } from './shape.ts'

/** `(s, from) => void` */
export const mergeSource = (shape: Shape): string => {
  const mergeField = ({ cell, slots }: FieldCell): string => cell.code.merge(slots('s'), slots('from'))
  const merges = [
    ...fieldCells(shape.total).map(mergeField),
    ...shape.tiles.map(mergeTiles),
    ...shape.rows.flatMap(fieldCells).map(mergeField),
  ]
  return `(s, from) => {\n${merges.join('\n')}\n}`
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
