import { didYouMean, PlatformError } from '@tidewater/base'
import { compileDecoder, isRejected } from '@tidewater/engine-ingest'
import { runSpeed, type SpeedOptions, type SpeedPorts, type SpeedWorker } from '@tidewater/engine-speed'
import type { SpeedOperator, SpeedSource, SpeedStream, SpeedView } from '@tidewater/engine-speed'
import { compileOperator, compileSentRows, compileView, isRouted } from '@tidewater/plan'
import type { Operator } from '@tidewater/plan'
import type { Lake } from '@tidewater/ports'
import { asLogged, identityOf } from '@tidewater/rows'
import { eventsRead, isSides, operatorsFrom, sentFrom, topicOf } from 'tidewater'
import type { Catalog, EventDefinition, Sending, ViewDefinition } from 'tidewater'
import type { PartSettings } from './part-settings.ts'

export interface SpeedPartPorts extends Omit<SpeedPorts, 'newest'> {
  readonly lake: Pick<Lake, 'generations' | 'entries' | 'next'>
}

type Bounds = Pick<SpeedPartSettings, 'commitEveryMs' | 'stateBudgetBytes' | 'pauseFirst'>

export interface SpeedPartSettings extends PartSettings {
  /** Longest time changed state stays uncommitted, ms. */
  readonly commitEveryMs: number
  /** Bytes the state store may hold; null or left out: nine tenths of what it says it takes. */
  readonly stateBudgetBytes?: number | null
  /** Events whose streams pause first when the store is full, the least important one first. */
  readonly pauseFirst?: readonly string[]
  /** A fault planted into joins and patterns, by tests; left out: none. */
  readonly planted?: (operator: Operator) => Operator
  /** Bounds other than the product's own. */
  readonly limits?: Omit<SpeedOptions, 'name' | 'pid' | 'sources' | 'onAlarm' | 'onRefill' | keyof Bounds>
}

/** A speed worker: the log in, the newest state of every view in the store, until stopped. Rejects when PAUSE_FIRST names no event. */
export const runSpeedPart = async (
  ports: SpeedPartPorts,
  {
    name,
    pid,
    catalog,
    log,
    commitEveryMs,
    stateBudgetBytes,
    pauseFirst,
    planted,
    limits,
  }: SpeedPartSettings,
): Promise<SpeedWorker> =>
  runSpeed(
    { ...ports, newest: async () => (await ports.lake.generations()).at(-1) ?? null },
    {
      ...limits,
      ...{ name, pid, commitEveryMs, sources: speedSources(catalog, planted) },
      ...(stateBudgetBytes === null || stateBudgetBytes === undefined ? {} : { stateBudgetBytes }),
      pauseFirst: (pauseFirst ?? []).map((event) => pausedTopic(event, catalog)),
      onAlarm: ({ code, place, message, cure }) =>
        log.error(`${code} ${place.topic}/${place.partition}: ${message}`, { cure }),
      onRefill: ({ place, from, next }) =>
        log.warn(
          `${place.topic}/${place.partition}: the log lacks ${from} to ${next - 1}; they are read from the lake`,
        ),
    },
  )

const pausedTopic = (event: string, { events }: Catalog): string => {
  if (events.has(event)) return topicOf(event)
  const hint = didYouMean(event, [...events.keys()])
  throw new PlatformError(
    'BAD_CONFIG',
    `PAUSE_FIRST: there is no event '${event}'${hint}`,
    'name events, separated by commas',
  )
}

/** Every event of the catalog that a view reads, or of which rows are sent to other logs, with all that is made of it compiled. */
export const speedSources = (
  catalog: Catalog,
  planted: SpeedPartSettings['planted'] = (operator) => operator,
): readonly SpeedSource[] =>
  eventsRead(catalog).map((event) =>
    sourceOf(
      event,
      {
        views: [...catalog.views.values()].filter((view) => view.from === event.name),
        streams: sentFrom(catalog, event.name),
        operators: operatorsFrom(catalog, event.name).map((made) => ({
          operator: planted(compileOperator(made, catalog)),
          topic: topicOf(made.name),
        })),
      },
      catalog,
    ),
  )

interface Readers {
  readonly views: readonly ViewDefinition[]
  readonly streams: readonly Sending[]
  readonly operators: readonly SpeedOperator[]
}

const sourceOf = (
  event: EventDefinition,
  { views, streams, operators }: Readers,
  catalog: Catalog,
): SpeedSource => {
  const decode = compileDecoder(asLogged(event))
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
      return { machine, routed: isRouted(machine.layout, event) }
    }),
    streams: streams.map((sending): SpeedStream => ({
      name: sending.stream.name,
      topic: topicOf(sending.log.name),
      side: sideOf(sending),
      make: compileSentRows(sending, catalog),
    })),
    operators,
    isSent: event.madeBy !== null,
  }
}

const sideOf = ({ stream, log }: Sending): SpeedStream['side'] => {
  if (!isSides(log) || log.madeBy?.kind !== 'join') return null
  return stream.name === log.madeBy.left.name ? 'left' : 'right'
}
