import { open, rm } from 'node:fs/promises'
import { PlatformError } from '@tidewater/base'
import { duckdb } from '@tidewater/expr'
import type { ParquetWriter } from '@tidewater/ports'
import type { EventDefinition } from 'tidewater'
import { openDuckdb, type DuckdbOptions } from './open-duckdb.ts'
import { rawColumns, rawFilesOf } from './raw-files.ts'

/** Large enough that a generation reads few groups, small enough that a range of offsets skips some. */
const ROW_GROUP = 122_880

/** Writes Parquet by DuckDB's COPY in this process; `options` bound its threads and memory. */
export const openParquetWriter = async (options: Omit<DuckdbOptions, 'path'>): Promise<ParquetWriter> => {
  const engine = await openDuckdb({ path: ':memory:', connections: 2, ...options })
  const copy = (select: string, file: string): Promise<void> =>
    engine.execute(
      `COPY (${select}) TO ${duckdb.text(file)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP})`,
    )
  return {
    write: async (event, lines, file) => {
      const source = `${file}.ndjson`
      try {
        const longest = await writeLines(source, lines)
        await copy(fromLines(event, source, longest), file)
      } catch (error) {
        throw isOfDisk(error) ? unavailable(file, error) : error
      } finally {
        await rm(source, { force: true })
      }
    },
    alike: async (files) => (await rawFilesOf(engine, files)).map((group) => group.files),
    rewrite: async (files, file) => {
      const read = `read_parquet([${files.map(duckdb.text).join(', ')}])`
      await copy(`SELECT * FROM ${read} ORDER BY _partition, _offset`, file)
      const [row] = await engine.query<{ rows: number }>(
        `SELECT count(*) AS rows FROM read_parquet(${duckdb.text(file)})`,
      )
      return row?.rows ?? 0
    },
    close: () => engine.close(),
  }
}

/** A disk or memory that is full may have room again; every other error is a fault of the program. */
const isOfDisk = (error: unknown): error is Error =>
  error instanceof Error &&
  (/^(?:IO|Out of Memory) Error/.test(error.message) || ('syscall' in error && 'code' in error))

const unavailable = (file: string, error: Error): PlatformError =>
  new PlatformError('UNAVAILABLE', `${file} could not be written: ${error.message}`, 'make room there')

const fromLines = (event: EventDefinition, file: string, longest: number): string => {
  const columns = rawColumns(event)
  // Exact numbers arrive as text, instants as ms: no double ever stands between.
  const read = columns.map(({ name, type }) => `${duckdb.text(name)}: ${duckdb.text(jsonType(type))}`)
  const cells = columns.map(
    ({ name, type }) => `${cell(duckdb.identifier(name), type)} AS ${duckdb.identifier(name)}`,
  )
  return `SELECT ${cells.join(', ')} FROM read_json(${duckdb.text(file)}, format = 'newline_delimited', compression = 'uncompressed',
    columns = {${read.join(', ')}}, maximum_object_size = ${longest})`
}

const isText = (type: string): boolean => type.startsWith('DECIMAL') || type === 'BIGINT'
const jsonType = (type: string): string => (type === 'TIMESTAMP' ? 'BIGINT' : isText(type) ? 'VARCHAR' : type)
const cell = (column: string, type: string): string =>
  type === 'TIMESTAMP' ? `make_timestamp_ms(${column})` : isText(type) ? `CAST(${column} AS ${type})` : column

const LEAST_OBJECT_BYTES = 1 << 20

/** Answers a bound for the longest line, in bytes. */
const writeLines = async (path: string, pieces: readonly (string | Uint8Array)[]): Promise<number> => {
  const handle = await open(path, 'wx')
  let longest = LEAST_OBJECT_BYTES
  try {
    for (const piece of pieces) {
      longest = Math.max(longest, typeof piece === 'string' ? piece.length * 4 : piece.length)
      await handle.writeFile(piece)
    }
  } finally {
    await handle.close()
  }
  return longest
}
