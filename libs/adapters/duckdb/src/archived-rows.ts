import { duckdb } from '@tidewater/expr'
import type { Lake, OffsetVector, SqlEngine } from '@tidewater/ports'
import { endsOf, isBelow, isBelowSql, withoutCopies } from '@tidewater/rows'
import { topicOf, type EventDefinition } from 'tidewater'
import { rawFilesOf, rawRows } from './raw-files.ts'

type Files = Pick<Lake, 'entries' | 'path'>

/** Files may be rewritten while they are read; the rows are then in others. */
const ATTEMPTS = 3

/**
 * Runs `read` with the relation of an event's archived rows below `offsets` (null: all of them), each record once; again
 * when files moved meanwhile.
 */
export const readArchive = async <T>(
  engine: SqlEngine,
  lake: Files,
  event: EventDefinition,
  offsets: OffsetVector | null,
  read: (source: string) => Promise<T>,
): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read(await archivedRows(engine, lake, event, offsets))
    } catch (error) {
      const vanished = error instanceof Error && /IO Error|No files found/.test(error.message)
      if (!vanished || attempt >= ATTEMPTS) throw error
    }
  }
}

const archivedRows = async (
  engine: SqlEngine,
  lake: Files,
  event: EventDefinition,
  offsets: OffsetVector | null,
): Promise<string> => {
  const topic = topicOf(event.name)
  const ends = offsets === null ? null : endsOf(topic, offsets)
  const entries = (await lake.entries(topic)).filter(
    ({ partition, from }) => ends === null || isBelow(ends, partition, from),
  )
  const files = entries.flatMap(({ file }) => (file === null ? [] : [lake.path(file)]))
  const rows = rawRows(event, await rawFilesOf(engine, files))
  const below = ends === null ? `(${rows})` : `(SELECT * FROM (${rows}) WHERE ${isBelowSql(ends)})`
  return `(${withoutCopies(event, duckdb, below)})`
}
