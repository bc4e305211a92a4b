import type { JsBody } from '@tidewater/expr'
import type { Shape } from './shape.ts'

/** A class for the view's states: every object has the same fields in the same order, and so one hidden class. */
export const stateClass = (shape: Shape, body: JsBody): new () => object => {
  const totals = shape.total.columns.map(({ name }, n) => `this.${name} = ${shape.total.zeros[n]};`)
  const lists = [...shape.tiles, ...shape.sessions].map(({ field }) => `this.${field} = null;`)
  return body.build(`return class State { constructor() { ${[...totals, ...lists].join(' ')} } };`)
}
