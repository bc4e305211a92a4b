import { isPlatformError } from '@tidewater/base'
import {
  pause,
  type DeadRow,
  type DeadTable,
  type EventLog,
  type LogRecord,
  type Timers,
} from '@tidewater/ports'
import { readLetter } from '@tidewater/seam'
import { deadTopicOf, type EventDefinition } from 'tidewater'

export interface DeadLoaderPorts {
  readonly log: Pick<EventLog, 'read'>
  readonly timers: Timers
  readonly table: DeadTable
}

export interface DeadLoader {
  stop(): Promise<void>
  readonly counters: { dead_letters_loaded: number; dead_load_retries: number }
}

const FIRST_WAIT_MS = 250
/** Stopping waits for it. */
const LONGEST_WAIT_MS = 2_000

/**
 * Copies dead-letter topics into their SQL table, from where the table ends. A warehouse that is away is tried again, and holds
 * up nothing but this.
 */
export const loadDeadLetters = (
  { log, timers, table }: DeadLoaderPorts,
  events: readonly EventDefinition[],
  told: { readonly failed: (error: unknown) => void; readonly broken: (error: unknown) => void },
): DeadLoader => {
  const counters = { dead_letters_loaded: 0, dead_load_retries: 0 }
  const byTopic = new Map(events.map(({ name }) => [deadTopicOf(name), name]))
  let stopped = false
  /** Null: it was stopped before the warehouse came back. */
  const patiently = async <T>(act: () => Promise<T>): Promise<T | null> => {
    for (let wait = FIRST_WAIT_MS; !stopped; wait = Math.min(LONGEST_WAIT_MS, wait * 2)) {
      try {
        return await act()
      } catch (error) {
        if (!isPlatformError(error)) throw error
        if (counters.dead_load_retries++ === 0) told.failed(error)
        await pause(timers, wait)
      }
    }
    return null
  }
  const nextOf = async (topic: string): Promise<number | null> => {
    await patiently(() => table.prepare())
    return patiently(() => table.next(byTopic.get(topic) ?? ''))
  }
  // Not waited for: the warehouse may be away, and the archive does not need it.
  const reading = log.read(
    {
      group: 'tidewater-archive-dead',
      topics: [...byTopic.keys()],
      maxBytesPerPartition: 1 << 20,
      maxWaitMs: LONGEST_WAIT_MS,
    },
    {
      assigned: (owned) => Promise.all(owned.map(({ topic }) => nextOf(topic))),
      // Older letters are gone with their retention, or the topic was made anew.
      outOfRange: (_place, { low }) => Promise.resolve(low),
      revoked: () => undefined,
      batch: async ({ topic, records }) => {
        const rows = records.flatMap((record) => rowsOf(byTopic.get(topic) ?? '', record))
        if (rows.length > 0) await patiently(() => table.add(rows))
        counters.dead_letters_loaded += rows.length
      },
    },
  )
  reading.then(({ done }) => done).catch(told.broken)
  return {
    counters,
    stop: async () => {
      stopped = true
      // Whoever could not read has said so.
      await reading.then(
        (subscription) => subscription.stop(),
        () => undefined,
      )
    },
  }
}

const decoder = new TextDecoder()

/** A letter, or that it was retried; none for the mark before a retry, which says nothing to people. */
const rowsOf = (event: string, record: LogRecord): readonly DeadRow[] => {
  const found = readLetter(record)
  const { offset, appendedAt } = record
  const nothing = {
    partition: null,
    offset: null,
    reason: '',
    kind: '',
    key: null,
    value: '',
    headers: {},
    truncated: null,
  }
  const at = { event, record: offset, appendedAt, id: found.id }
  if (found.kind !== 'letter')
    return found.kind === 'retried' ? [{ ...nothing, ...at, retried: found.offset }] : []
  const { place, reason, why, key, value, headers, truncated } = found
  return [
    {
      ...at,
      retried: null,
      partition: place?.partition ?? null,
      offset: place?.offset ?? null,
      ...{ reason, kind: why, key, value: decoder.decode(value), headers, truncated },
    },
  ]
}
