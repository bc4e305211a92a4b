import { walk, type Expr } from '@tidewater/expr'
import type { ViewSql } from '@tidewater/plan'
import type { EventDefinition } from 'tidewater'

/** The event's fields that these views read, in the definition's order, its time always. */
export const fieldsOf = (event: EventDefinition, views: readonly ViewSql[]): readonly string[] => {
  const names = new Set([event.time])
  const add = (expr: Expr | null): void => {
    if (expr === null) return
    walk(expr, (node) => {
      if (node.op === 'field') names.add(node.name)
      if (node.op !== 'aggregate') return
      add(node.call.arg)
      add(node.call.where)
    })
  }
  for (const { view, layout } of views) {
    add(view.where)
    for (const key of view.keys) add(key.expr)
    for (const measure of view.measures) add(measure.expr)
    for (const key of layout.stateKeys) add(key.expr)
    for (const cell of layout.cells) {
      add(cell.call.arg)
      add(cell.call.where)
    }
  }
  return event.fields.map((field) => field.name).filter((name) => names.has(name))
}
