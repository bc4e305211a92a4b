import { PlatformError, didYouMean } from '@tidewater/base'
import type { EventLog, LogRecord } from '@tidewater/ports'
import { deadTopicOf } from 'tidewater'
import type { Catalog } from 'tidewater'
import { formatInstant } from './format-values.ts'
import { checkFirst } from './list-question.ts'
import type { ServingPorts } from './serving-ports.ts'
import type { Resolver } from './schema/view-resolvers.ts'

/** Throws `BAD_INPUT`, naming the nearest event. */
export const eventNamed = (catalog: Catalog, name: string): void => {
  if (catalog.events.has(name)) return
  const names = [...catalog.events.keys()]
  throw new PlatformError(
    'BAD_INPUT',
    `there is no event '${name.slice(0, 80)}'${didYouMean(name, names)}`,
    `events: ${names.join(', ')}`,
    'event',
  )
}

const MAX_VALUE = 2_000
const decoder = new TextDecoder()

const textOf = (header: Uint8Array | string | undefined): string | null =>
  header === undefined ? null : typeof header === 'string' ? header : decoder.decode(header)

const presentDead = ({ offset, appendedAt, value, headers }: LogRecord) => {
  const of = (name: string): string | null => textOf(headers[name])
  const stood =
    of('topic') === null
      ? `${of('file') ?? '?'}:${of('line') ?? '?'}`
      : `${of('topic')}/${of('partition')}/${of('offset')}`
  const text = value === null ? null : decoder.decode(value)
  return {
    offset,
    at: formatInstant(appendedAt),
    reason: of('reason') ?? 'unknown',
    place: stood,
    value: text?.slice(0, MAX_VALUE) ?? null,
  }
}

/** The newest dead letters of an event; the topic is read from there to its end and left again. */
export const deadResolver =
  (ports: ServingPorts, catalog: Catalog): Resolver =>
  async (_source, args) => {
    const event = args['event'] as string
    eventNamed(catalog, event)
    const first = checkFirst((args['first'] as number | null | undefined) ?? 20, 'first')
    const topic = deadTopicOf(event)
    const bounds = await ports.log.bounds(topic)
    const total = bounds.reduce((sum, { low, high }) => sum + high - low, 0)
    const [only] = bounds
    if (only === undefined || total === 0 || first === 0) return { total, rows: [] }
    const records = await readTail(
      ports.log,
      topic,
      Math.max(only.low, only.high - first),
      only.high,
      ports.clock.now(),
    )
    return { total, rows: records.reverse().slice(0, first).map(presentDead) }
  }

const readTail = async (
  log: EventLog,
  topic: string,
  from: number,
  to: number,
  now: number,
): Promise<LogRecord[]> => {
  const records: LogRecord[] = []
  let finish: () => void = () => undefined
  const finished = new Promise<void>((resolve) => {
    finish = resolve
  })
  const subscription = await log.read(
    // A group of its own, so that everybody who looks sees everything.
    {
      group: `tidewater-dead-${now}-${from}-${to}`,
      topics: [topic],
      maxBytesPerPartition: 1 << 20,
      maxWaitMs: 250,
    },
    {
      assigned: (owned) => Promise.resolve(owned.map(() => from)),
      revoked: () => undefined,
      batch: (batch) => {
        for (const record of batch.records)
          if (record.offset >= from && record.offset < to) records.push(record)
        if (batch.nextOffset >= to) finish()
        return Promise.resolve()
      },
    },
  )
  try {
    await Promise.race([finished, subscription.done])
  } finally {
    await subscription.stop()
  }
  return records
}
