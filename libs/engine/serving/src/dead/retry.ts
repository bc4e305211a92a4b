import { PlatformError } from '@tidewater/base'
import type { Judge, LogBounds, LogRecord, NewRecord } from '@tidewater/ports'
import { readLetter, type Letter } from '@tidewater/seam'
import { deadTopicOf, topicOf, type EventDefinition } from 'tidewater'
import { readBook, shapeOf, type Entry } from './dead-book.ts'
import { readRange, type RangePorts } from './read-range.ts'

export interface RetryPorts extends RangePorts {
  readonly clock: { now(): number }
}

/** Which letters: those of these places, those whose reason contains a text, or all. */
export interface RetryRequest {
  readonly places: readonly string[] | null
  readonly reason: string | null
  readonly all: boolean
  readonly dryRun: boolean
  /** Letters at or below this offset of the dead-letter topic were dealt with. */
  readonly after: number
}

/**
 * `retried`: appended now. `valid`: would be (a dry run). `already`: was before. `dead`: still no event, by `reason`. `lost`: what
 * the letter holds is not the whole record and the log no longer has it. `line`: a line of a file. `unknown`: no such letter.
 */
export type RetryOutcome = 'retried' | 'valid' | 'already' | 'dead' | 'lost' | 'line' | 'unknown'

export interface Retried {
  readonly place: string
  readonly outcome: RetryOutcome
  readonly reason: string | null
}

export interface RetryReport {
  readonly rows: readonly Retried[]
  /** Go on with `after`; null: these were all. */
  readonly next: number | null
}

/** Letters of one call; more of them are another. */
const MOST_LETTERS = 5_000
const TOGETHER = 200

/** By what it says, or by how `dead list` shows it: with … for what differs. */
const isOfReason = ({ reason }: Entry, asked: string): boolean =>
  reason.includes(asked) || shapeOf(reason).includes(asked)

/** 'topic/partition/offset', with or without the topic. */
export const isNamed = (entry: Entry, name: string): boolean =>
  entry.id === name || (entry.place !== null && `${entry.place.partition}/${entry.place.offset}` === name)

/**
 * Judges letters again by the definition as it is now. What is valid is appended to its own partition under its own id: once,
 * for a letter is marked before and after, and an attempt that did not say how it ended is looked for in the log first.
 */
export const retryDead = async (
  ports: RetryPorts,
  event: EventDefinition,
  judge: Judge,
  request: RetryRequest,
): Promise<RetryReport> => {
  const by = event.madeBy
  if (by !== null) throw new PlatformError('BAD_INPUT', `${event.name} is made of ${by.from}`, 'retry those')
  const { entries } = await readBook(ports, event.name)
  const { places, reason, after } = request
  const asked = entries.filter((entry) =>
    places === null
      ? request.all || (reason !== null && isOfReason(entry, reason))
      : places.some((name) => isNamed(entry, name)),
  )
  const rows: Retried[] = (places ?? [])
    .filter((name) => after < 0 && !entries.some((entry) => isNamed(entry, name)))
    .map((place) => ({ place, outcome: 'unknown', reason: 'there is no such letter' }))
  // Named or not, each is answered; those that were retried before only when they are named.
  const open = asked.filter(({ offset, retried }) => offset > after && (places !== null || retried === null))
  const chosen = open.slice(0, MOST_LETTERS)
  for (let i = 0; i < chosen.length; i += TOGETHER)
    rows.push(...(await retryTogether(ports, event, judge, chosen.slice(i, i + TOGETHER), request.dryRun)))
  return { rows, next: open.length > chosen.length ? (chosen.at(-1)?.offset ?? null) : null }
}

interface Ready {
  readonly entry: Entry
  readonly id: string
  readonly record: NewRecord
}

const retryTogether = async (
  ports: RetryPorts,
  event: EventDefinition,
  judge: Judge,
  entries: readonly Entry[],
  dryRun: boolean,
): Promise<readonly Retried[]> => {
  const rows: Retried[] = []
  const say = (entry: Entry, outcome: RetryOutcome, reason: string | null = null): void =>
    void rows.push({ place: entry.id, outcome, reason })
  const ready: Ready[] = []
  const originals = await originalsOf(ports, event, entries)
  for (const entry of entries) {
    const { place } = entry
    const record = originals.get(entry.id)
    if (entry.retried !== null) say(entry, 'already', `it is at offset ${entry.retried}`)
    else if (place === null) say(entry, 'line', 'it is a line of a file: load the file again')
    else if (record === undefined) say(entry, 'lost', `${entry.truncated}, and the log no longer has it`)
    else {
      const judged = judge(record, place)
      if (judged.kind === 'dead') say(entry, 'dead', judged.reason)
      else ready.push({ entry, id: judged.id, record: again(event, record, judged.id, place.partition) })
    }
  }
  if (dryRun) for (const { entry } of ready) say(entry, 'valid')
  else
    for (const { entry, found } of await appendOnce(ports, event, judge, ready))
      say(entry, found ? 'already' : 'retried')
  return rows
}

/** As it was, with the id it goes by: its place is another now. */
const again = (event: EventDefinition, record: LogRecord, id: string, partition: number): NewRecord => {
  const headers = record.headers as Readonly<Record<string, string>>
  return {
    partition,
    key: record.key === null ? null : text(record.key),
    value: record.value ?? new Uint8Array(),
    headers: event.dedupe === null ? { ...headers, id } : headers,
  }
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
const textOf = (header: Uint8Array | string): string => (typeof header === 'string' ? header : text(header))

/** The records as they stood in the log, judged as if they were appended now: whole letters, else the log itself. */
const originalsOf = async (
  ports: RetryPorts,
  event: EventDefinition,
  entries: readonly Entry[],
): Promise<ReadonlyMap<string, LogRecord>> => {
  const found = new Map<string, LogRecord>()
  const whole = entries.filter(({ place, truncated }) => place !== null && truncated === null)
  const wanted = new Map(whole.map((entry) => [entry.offset, entry]))
  const offsets = [...wanted.keys()]
  const appendedAt = ports.clock.now()
  const topic = deadTopicOf(event.name)
  const range = { topic, partition: 0, from: Math.min(...offsets), to: Math.max(...offsets) + 1 }
  await readRange(ports, range, (record) => {
    const entry = wanted.get(record.offset)
    if (entry?.place === null || entry === undefined) return
    const { key, value, headers } = readLetter(record) as Letter
    const bytes = key === null ? null : new TextEncoder().encode(key)
    found.set(entry.id, {
      offset: entry.place.offset,
      appendedAt,
      key: bytes,
      value: Uint8Array.from(value),
      headers,
    })
  })
  for (const { id, place, truncated } of entries) {
    if (place === null || truncated === null) continue
    const bounds = await boundsOf(ports, place.topic, place.partition)
    if (bounds === undefined || place.offset < bounds.low || place.offset >= bounds.high) continue
    await readRange(ports, { ...place, from: place.offset, to: place.offset + 1 }, (record) => {
      const headers = Object.entries(record.headers).flatMap(([name, header]) =>
        header === undefined ? [] : [[name, textOf(header)] as const],
      )
      const { offset, key, value } = record
      found.set(id, { offset, key, value, appendedAt, headers: Object.fromEntries(headers) })
    })
  }
  return found
}

const boundsOf = async (
  { log }: RetryPorts,
  topic: string,
  partition: number,
): Promise<LogBounds | undefined> =>
  (await log.bounds(topic)).find((bounds) => bounds.partition === partition)

const mark = (entry: Entry, kind: 'retrying' | 'retried', offset: number): NewRecord => ({
  partition: 0,
  key: null,
  value: new Uint8Array(),
  headers: { id: entry.id, [kind]: String(offset) },
})

/** Marks, appends, marks. Records of earlier attempts that are in the log already are only marked. */
const appendOnce = async (
  ports: RetryPorts,
  event: EventDefinition,
  judge: Judge,
  ready: readonly Ready[],
): Promise<readonly { readonly entry: Entry; readonly found: boolean }[]> => {
  if (ready.length === 0) return []
  const topic = topicOf(event.name)
  const dead = deadTopicOf(event.name)
  const before = await earlierAttempts(ports, judge, ready)
  const fresh = ready.filter(({ entry }) => !before.has(entry.id))
  const ends = new Map((await ports.log.bounds(topic)).map(({ partition, high }) => [partition, high]))
  if (fresh.length > 0)
    await ports.log.append(
      dead,
      fresh.map(({ entry, record }) => mark(entry, 'retrying', ends.get(record.partition) ?? 0)),
    )
  const offsets =
    fresh.length === 0
      ? []
      : await ports.log.append(
          topic,
          fresh.map(({ record }) => record),
        )
  const at = new Map([...before, ...fresh.map(({ entry }, i) => [entry.id, offsets[i] ?? -1] as const)])
  await ports.log.append(
    dead,
    ready.map(({ entry }) => mark(entry, 'retried', at.get(entry.id) ?? -1)),
  )
  return ready.map(({ entry }) => ({ entry, found: before.has(entry.id) }))
}

/** The offsets of records that an attempt, which never said how it ended, did append: by letter. */
const earlierAttempts = async (
  ports: RetryPorts,
  judge: Judge,
  ready: readonly Ready[],
): Promise<ReadonlyMap<string, number>> => {
  const found = new Map<string, number>()
  const begun = ready.filter(({ entry }) => entry.retrying !== null)
  for (const [partition, own] of Map.groupBy(begun, ({ record }) => record.partition)) {
    const topic = own[0]?.entry.place?.topic ?? ''
    const from = Math.min(...own.map(({ entry }) => entry.retrying ?? 0))
    const bounds = await boundsOf(ports, topic, partition)
    if (bounds === undefined || bounds.low > from) throw tooLate(topic, partition, from)
    const wanted = new Map(own.map(({ id, entry }) => [id, entry.id]))
    await readRange(ports, { topic, partition, from, to: bounds.high }, (record) => {
      const judged = judge(record, { topic, partition })
      const letter = judged.kind === 'row' ? wanted.get(judged.id) : undefined
      if (letter !== undefined && !found.has(letter)) found.set(letter, record.offset)
    })
  }
  return found
}

const tooLate = (topic: string, partition: number, from: number): PlatformError =>
  new PlatformError(
    'UNAVAILABLE',
    `an earlier retry did not say how it ended, and ${topic}/${partition} no longer has its records from ${from} on`,
    'look for the ids in the raw table; send what is missing with POST /events, under the same id',
    'places',
  )
