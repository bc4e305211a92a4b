import { compileDecoder, idOf, isRejected } from '@tidewater/engine-ingest'
import type { SpeedSource, SpeedView } from '@tidewater/engine-speed'
import type { Expr } from '@tidewater/expr'
import { compileView } from '@tidewater/plan'
import { isRouted } from '@tidewater/plan'
import { topicOf } from 'tidewater'
import type { Catalog, EventDefinition, ViewDefinition } from 'tidewater'

/** Every event of the catalog that a view reads, with its decoder and its views compiled. */
export const speedSources = (catalog: Catalog): readonly SpeedSource[] =>
  [...catalog.events.values()].flatMap((event) => {
    const views = [...catalog.views.values()].filter((view) => view.from === event.name)
    return views.length === 0 ? [] : [sourceOf(event, views, catalog)]
  })

const sourceOf = (
  event: EventDefinition,
  views: readonly ViewDefinition[],
  catalog: Catalog,
): SpeedSource => {
  const decode = compileDecoder(event)
  return {
    topic: topicOf(event.name),
    time: event.time,
    horizonMs: event.horizonMs,
    latenessMs: event.latenessMs,
    decode: (value, appendedAt) => {
      const judged = decode(value, appendedAt)
      return isRejected(judged) ? null : judged
    },
    idOf: (record, row, place) => idOf(event, record, row, place),
    views: views.map((view): SpeedView => {
      const machine = compileView(view, catalog)
      const { stateKeys } = machine.layout
      return {
        machine,
        routed: isRouted(machine.layout, event),
        keyless: stateKeys.some(({ expr }) => skips(expr)),
      }
    }),
  }
}

const skips = (expr: Expr): boolean => {
  if (expr.op === 'orSkip') return true
  return 'args' in expr && expr.args.some((arg) => arg !== null && skips(arg))
}
