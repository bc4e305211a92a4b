import { must } from '@tidewater/base'
import type { Catalog, EventDefinition } from './definition.ts'
import type { JoinDefinition, PatternDefinition } from './operator-definition.ts'
import { isSent } from './sent-stream.ts'
import type { SentStream } from './sent-stream.ts'

/** Rows made of an event's records one by one, and the log that they are sent to. */
export interface Sending {
  /** Its name is what a sender's progress is kept under: both sides of a join go to one log. */
  readonly stream: SentStream
  readonly log: EventDefinition
}

/** All that is sent of the records of an event: streams with a key of their own, and sides of joins. */
export const sentFrom = (catalog: Catalog, event: string): readonly Sending[] => [
  ...[...catalog.streams.values()]
    .filter(isSent)
    .filter(({ from }) => from === event)
    .map((stream) => ({ stream, log: logNamed(catalog, stream.name) })),
  ...[...catalog.joins.values()].flatMap(({ left, right, from }) =>
    [left, right]
      .filter((side) => side.from === event)
      .map((stream) => ({ stream, log: logNamed(catalog, from) })),
  ),
]

const logNamed = (catalog: Catalog, name: string): EventDefinition =>
  must(catalog.events.get(name), `the log ${name}`)

/** The joins and patterns that read the log of an event. */
export const operatorsFrom = (
  catalog: Catalog,
  event: string,
): readonly (JoinDefinition | PatternDefinition)[] =>
  [...catalog.joins.values(), ...catalog.patterns.values()].filter(({ from }) => from === event)

/** The events that the speed layer reads: those of views, and those of which rows are sent to other logs. */
export const eventsRead = (catalog: Catalog): readonly EventDefinition[] => {
  const ofViews = new Set([...catalog.views.values()].map(({ from }) => from))
  return [...catalog.events.values()].filter(
    ({ name }) =>
      ofViews.has(name) || sentFrom(catalog, name).length > 0 || operatorsFrom(catalog, name).length > 0,
  )
}
