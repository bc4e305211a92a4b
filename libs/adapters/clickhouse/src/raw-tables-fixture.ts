import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openParquetWriter } from '@tidewater/adapter-duckdb'
import type { RawFile } from '@tidewater/ports'
import { startClickhouse } from '@tidewater/stack'
import type { EventDefinition } from 'tidewater'
import { openClickhouse } from './open-clickhouse.ts'
import { createRawTables } from './raw-tables.ts'

/** What the archive writes beside the fields of a row. */
export interface Logged {
  readonly id: string
  readonly appendedAt: number
}

/** Every row is of this partition. */
export const PARTITION = 2

/** The line of the row at an offset, as the archive writes it. */
export const lineOf = (offset: number, { id, appendedAt }: Logged, cells: object): string =>
  `${JSON.stringify({ ...cells, _id: id, _partition: PARTITION, _offset: offset, _appended_at: appendedAt })}\n`

/** Raw tables on a ClickHouse of their own, and entries to load into them. */
export const openRawTables = async () => {
  const directory = await mkdtemp(join(tmpdir(), 'raw-'))
  const server = await startClickhouse({ dir: join(directory, 'clickhouse') })
  const engine = openClickhouse({ url: server.url })
  const tables = createRawTables(engine)
  const writer = await openParquetWriter({ threads: 1 })
  let files = 0
  /** The entry [from, next) of a log with these lines. */
  const entry = async (
    event: EventDefinition,
    lines: readonly string[],
    from = 0,
    next = lines.length,
  ): Promise<RawFile> => {
    const path = join(directory, `${files++}.parquet`)
    await writer.write(event, lines.slice(from, next), path)
    return { topic: 'event.sale', partition: PARTITION, from, next, path, horizonFrom: 0 }
  }
  /** Loads the entry [from, next) of a log with these lines; an empty one is none. */
  const load = async (
    event: EventDefinition,
    lines: readonly string[],
    from = 0,
    next = lines.length,
  ): Promise<void> => {
    if (from < next) await tables.load(event, await entry(event, lines, from, next))
  }
  const close = async (): Promise<void> => {
    await tables.close()
    await writer.close()
    await server.stop()
    await rm(directory, { recursive: true, force: true })
  }
  return { engine, tables, entry, load, close }
}
export type OpenRawTables = Awaited<ReturnType<typeof openRawTables>>
