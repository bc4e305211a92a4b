import { everyPart, rowPartsOf } from '@tidewater/expr'
import type { ViewSql } from '@tidewater/plan'
import type { EventDefinition } from 'tidewater'

/** The event's fields that these views read, in the definition's order, its time always. */
export const fieldsOf = (event: EventDefinition, views: readonly ViewSql[]): readonly string[] => {
  const read = views.flatMap(({ view, layout }) => [
    ...(view.where === null ? [] : [view.where]),
    ...[...view.keys, ...view.measures, ...layout.stateKeys].map(({ expr }) => expr),
    // Also what no measure asks for: when a group was last heard of.
    ...layout.cells.flatMap(({ call }) => rowPartsOf(call)),
  ])
  const names = new Set(read.flatMap(everyPart).flatMap((part) => (part.op === 'field' ? [part.name] : [])))
  return event.fields.map(({ name }) => name).filter((name) => name === event.time || names.has(name))
}
