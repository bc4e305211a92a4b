import { must, PlatformError } from '@tidewater/base'
import { duckdb, type Value } from '@tidewater/expr'
import type { ArchivedLog, Lake, SqlEngine } from '@tidewater/ports'
import { loggedRecord } from '@tidewater/rows'
import { snakeCase, topicOf, type Catalog, type EventDefinition } from 'tidewater'
import { openDuckdb } from './open-duckdb.ts'
import { rawFilesOf, rawRows } from './raw-files.ts'

export interface ArchivedLogOptions {
  readonly lake: Pick<Lake, 'path'>
  readonly catalog: Catalog
  readonly threads?: number
  readonly memoryLimit?: string
}

/** Records of the lake's Parquet files. DuckDB is opened when they are first needed, which is hardly ever. */
export const openArchivedLog = ({
  lake,
  catalog,
  ...share
}: ArchivedLogOptions): ArchivedLog & { close(): Promise<void> } => {
  const events = new Map([...catalog.events.values()].map((event) => [topicOf(event.name), event]))
  let opening: Promise<SqlEngine> | null = null
  return {
    records: async function* ({ topic, file }, since) {
      if (file === null) return
      const event = must(events.get(topic), `the event of ${topic}`)
      const engine = await (opening ??= openDuckdb({ path: ':memory:', ...share }))
      try {
        for await (const rows of engine.stream(await rowsSql(engine, event, lake.path(file), since)))
          yield rows.map((cells) =>
            loggedRecord(event, {
              row: Object.fromEntries(event.fields.map(({ name }, n) => [name, cells[`f${n}`] as Value])),
              id: String(cells['id']),
              offset: Number(cells['at_offset']),
              appendedAt: Number(cells['appended']),
            }),
          )
      } catch (error) {
        if (!(error instanceof Error && /IO Error|No files found/.test(error.message))) throw error
        throw new PlatformError(
          'UNAVAILABLE',
          `the archive's file ${file} cannot be read: ${error.message}`,
          'when it was rewritten, its rows are in another; it is tried again',
        )
      }
    },
    close: async () => {
      await (await opening)?.close()
    },
  }
}

const rowsSql = async (
  engine: SqlEngine,
  event: EventDefinition,
  path: string,
  since: number,
): Promise<string> => {
  const cells = event.fields.map(
    ({ name, type }, n) => `${duckdb.fromColumn(type, duckdb.identifier(snakeCase(name)))} AS f${n}`,
  )
  const appended = duckdb.fromColumn({ kind: 'instant' }, '_appended_at')
  const rows = rawRows(event, await rawFilesOf(engine, [path]))
  // whoever looks for ids alone asks for a little of a wide file: it is found by two columns
  const first = `SELECT min(_offset) FROM (${rows}) WHERE ${appended} >= ${since}`
  return `SELECT _id AS id, _offset AS at_offset, ${appended} AS appended, ${cells.join(', ')} FROM (${rows})
    ${since === -Infinity ? '' : `WHERE _offset >= (${first})`} ORDER BY at_offset`
}
