import { fieldCells } from './shape.ts'
import type { Shape } from './shape.ts'

/** The class of the view's states: every object has the same fields in the same order, and so one hidden class. */
export const stateClass = (shape: Shape): string => {
  const fields = [shape.total, ...shape.rows]
    .flatMap(fieldCells)
    .flatMap(({ cell, slots }) => slots('this').map((slot, n) => `${slot} = ${cell.code.zeros[n]};`))
  const tiles = shape.tiles.map(({ field }) => `this.${field} = null;`)
  return `class State { constructor() { ${[...fields, ...tiles].join(' ')} } }`
}
