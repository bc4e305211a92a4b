import { PlatformError, didYouMean } from '@tidewater/base'
import { deadTopicOf } from 'tidewater'
import type { Catalog, EventDefinition } from 'tidewater'
import { formatInstant } from '../format-values.ts'
import { checkFirst } from '../list-question.ts'
import type { Resolver } from '../schema/view-resolvers.ts'
import type { ServingPorts } from '../serving-ports.ts'
import { readBook, shapeOf, type DeadBook, type Entry } from './dead-book.ts'
import { readRange } from './read-range.ts'
import { isNamed, retryDead } from './retry.ts'

/** Throws `BAD_INPUT`, naming the nearest event. */
export const eventNamed = (catalog: Catalog, name: string): EventDefinition => {
  const event = catalog.events.get(name)
  if (event !== undefined) return event
  const names = [...catalog.events.keys()]
  throw new PlatformError(
    'BAD_INPUT',
    `there is no event '${name.slice(0, 80)}'${didYouMean(name, names)}`,
    `events: ${names.join(', ')}`,
    'event',
  )
}

const decoder = new TextDecoder()

const presentLetter = (entry: Entry) => ({
  offset: entry.offset,
  at: formatInstant(entry.appendedAt),
  reason: entry.reason,
  kind: entry.why,
  place: entry.id,
  key: entry.key,
  value: decoder.decode(entry.value),
  size: entry.size,
  headers: entry.headers,
  truncated: entry.truncated,
  retried: entry.retried,
})

const MOST_REASONS = 50

/** Letters that were not retried, by reason, the most frequent first. */
const reasonsOf = (entries: readonly Entry[]) =>
  [
    ...Map.groupBy(
      entries.filter(({ retried }) => retried === null),
      ({ why, reason }) => `${why} ${shapeOf(reason)}`,
    ).values(),
  ]
    .map((own) => {
      const newest = own.at(-1) as Entry
      return {
        reason: shapeOf(newest.reason),
        kind: newest.why,
        count: own.length,
        at: formatInstant(newest.appendedAt),
      }
    })
    .sort((a, b) => b.count - a.count)
    .slice(0, MOST_REASONS)

const presentBook = (event: string, { entries, older }: DeadBook, first: number, after: number) => {
  const newestFirst = entries.filter(({ offset }) => offset < after).reverse()
  const rows = newestFirst.slice(0, first)
  return {
    event,
    total: entries.length,
    retried: entries.filter(({ retried }) => retried !== null).length,
    older,
    reasons: reasonsOf(entries),
    rows: rows.map(presentLetter),
    next: newestFirst.length > rows.length ? String(rows.at(-1)?.offset ?? after) : null,
  }
}

const offsetIn = (given: unknown, path: string): number | null => {
  if (given === null || given === undefined) return null
  if (/^\d{1,15}$/.test(given as string)) return Number(given)
  throw new PlatformError(
    'BAD_INPUT',
    `'${String(given).slice(0, 40)}' is no place to go on from`,
    'use `next`',
    path,
  )
}

const dead =
  (ports: ServingPorts, catalog: Catalog): Resolver =>
  async (_source, args) => {
    const { name } = eventNamed(catalog, args['event'] as string)
    const first = checkFirst((args['first'] as number | null | undefined) ?? 20, 'first')
    const after = offsetIn(args['after'], 'after') ?? Infinity
    return presentBook(name, await readBook(ports, name), first, after)
  }

const deadLetters =
  (ports: ServingPorts, catalog: Catalog): Resolver =>
  async () => {
    const books = []
    // One after the other: each may be large.
    for (const event of catalog.events.keys())
      books.push(presentBook(event, await readBook(ports, event), 0, Infinity))
    return books
  }

const deadLetter =
  (ports: ServingPorts, catalog: Catalog): Resolver =>
  async (_source, args) => {
    const { name } = eventNamed(catalog, args['event'] as string)
    const entry = (await readBook(ports, name)).entries.find((known) =>
      isNamed(known, args['place'] as string),
    )
    if (entry === undefined) return null
    let value = entry.value
    const range = { topic: deadTopicOf(name), partition: 0, from: entry.offset, to: entry.offset + 1 }
    await readRange(ports, range, (record) => {
      value = record.value ?? value
    })
    return { ...presentLetter({ ...entry, value }), bytes: Buffer.from(value).toString('base64') }
  }

const retry =
  (ports: ServingPorts, catalog: Catalog): Resolver =>
  async (_source, args) => {
    const event = eventNamed(catalog, args['event'] as string)
    const places = (args['places'] as readonly string[] | null | undefined) ?? null
    const reason = (args['reason'] as string | null | undefined) ?? null
    const all = args['all'] === true
    if (Number(places !== null) + Number(reason !== null) + Number(all) !== 1)
      throw new PlatformError('BAD_INPUT', 'which letters?', 'give one of places, reason and all', 'places')
    const { rows, next } = await retryDead(ports, event, ports.judgeOf(event.name), {
      ...{ places, reason, all, dryRun: args['dryRun'] === true },
      after: offsetIn(args['after'], 'after') ?? -1,
    })
    return {
      rows,
      next: next === null ? null : String(next),
      retried: rows.filter((row) => row.outcome === 'retried').length,
    }
  }

export const deadQueries = (ports: ServingPorts, catalog: Catalog): Readonly<Record<string, Resolver>> => ({
  dead: dead(ports, catalog),
  deadLetters: deadLetters(ports, catalog),
  deadLetter: deadLetter(ports, catalog),
})

export const deadMutations = (ports: ServingPorts, catalog: Catalog): Readonly<Record<string, Resolver>> => ({
  retryDead: retry(ports, catalog),
})
