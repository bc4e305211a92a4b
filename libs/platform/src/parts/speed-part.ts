import { compileDecoder, isRejected } from '@tidewater/engine-ingest'
import { runSpeed, type SpeedOptions, type SpeedPorts, type SpeedWorker } from '@tidewater/engine-speed'
import type { SpeedSource, SpeedView } from '@tidewater/engine-speed'
import { everyPart } from '@tidewater/expr'
import type { Expr } from '@tidewater/expr'
import { compileView, isRouted } from '@tidewater/plan'
import type { Lake } from '@tidewater/ports'
import { identityOf } from '@tidewater/rows'
import { topicOf } from 'tidewater'
import type { Catalog, EventDefinition, ViewDefinition } from 'tidewater'
import type { PartSettings } from './part-settings.ts'

export interface SpeedPartPorts extends Omit<SpeedPorts, 'newest'> {
  readonly lake: Pick<Lake, 'generations'>
}

export interface SpeedPartSettings extends PartSettings {
  /** Longest time changed state stays uncommitted, ms. */
  readonly commitEveryMs: number
  /** Bounds other than the product's own. */
  readonly limits?: Omit<SpeedOptions, 'name' | 'pid' | 'sources' | 'onAlarm' | 'commitEveryMs'>
}

/** A speed worker: the log in, the newest state of every view in the store, until stopped. */
export const runSpeedPart = (
  ports: SpeedPartPorts,
  { name, pid, catalog, log, commitEveryMs, limits }: SpeedPartSettings,
): Promise<SpeedWorker> =>
  runSpeed(
    { ...ports, newest: async () => (await ports.lake.generations()).at(-1) ?? null },
    {
      ...limits,
      ...{ name, pid, commitEveryMs, sources: speedSources(catalog) },
      onAlarm: ({ code, place, message, cure }) =>
        log.error(`${code} ${place.topic}/${place.partition}: ${message}`, { cure }),
    },
  )

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
    idOf: identityOf(event),
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

const skips = (expr: Expr): boolean => everyPart(expr).some(({ op }) => op === 'orSkip')
