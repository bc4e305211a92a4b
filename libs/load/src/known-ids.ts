import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDuckdb } from '@tidewater/adapter-duckdb'
import { openLake } from '@tidewater/adapter-lake'

/** Which of some ids the lake holds already. */
export interface KnownIds {
  known(ids: readonly string[]): Promise<ReadonlySet<string>>
  close(): Promise<void>
}

const NONE: ReadonlySet<string> = new Set()
const nobody: KnownIds = { known: () => Promise.resolve(NONE), close: () => Promise.resolve() }

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Ids of an event's archived rows, asked for in chunks by DuckDB, so memory does not grow with the lake. */
export const knownIds = async (lakeDir: string | null, topic: string): Promise<KnownIds> => {
  // The platform may run on another machine.
  if (lakeDir === null || !existsSync(lakeDir)) return nobody
  const lake = await openLake(lakeDir)
  const files = (await lake.entries(topic)).flatMap(({ file }) => (file === null ? [] : [lake.path(file)]))
  if (files.length === 0) return nobody
  const duckdb = await openDuckdb({ path: ':memory:', connections: 1, threads: 2 })
  // Copied once: the archive may replace files by wider ones while we load.
  await duckdb.execute(
    `CREATE TABLE kept AS SELECT _id FROM read_parquet([${files.map(literal).join(', ')}])`,
  )
  const exchange = join(tmpdir(), `tidewater-ids-${process.pid}.csv`)
  return {
    known: async (ids) => {
      await writeFile(exchange, ids.map((id) => `"${id.replaceAll('"', '""')}"`).join('\n'))
      const asked = `read_csv(${literal(exchange)}, header = false, columns = {'_id': 'VARCHAR'}, delim = ',', quote = '"', escape = '"')`
      const rows = await duckdb.query<{ _id: string }>(`SELECT _id FROM ${asked} SEMI JOIN kept USING (_id)`)
      return new Set(rows.map(({ _id }) => _id))
    },
    close: async () => {
      await duckdb.close()
      await rm(exchange, { force: true })
    },
  }
}
