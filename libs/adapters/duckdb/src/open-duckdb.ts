import { DuckDBInstance } from '@duckdb/node-api'
import type { DuckDBResult } from '@duckdb/node-api'
import { allRows, type SqlEngine, type SqlRow } from '@tidewater/ports'
import { createConnectionPool } from './connection-pool.ts'
import { converterFor } from './convert-duckdb-value.ts'
import './keep-byte-order-mark.ts'

export interface DuckdbOptions {
  /** A file, or ':memory:'. */
  readonly path: string
  /** Opens an existing file beside other readers; a file has one writer or many readers. */
  readonly readOnly?: boolean
  readonly threads?: number
  /** DuckDB's own notation, e.g. '2GB'. */
  readonly memoryLimit?: string
  readonly tempDirectory?: string
  /** Statements at once; more wait. Default 4. Temporary tables and `USE` belong to one connection: open with 1. */
  readonly connections?: number
}

/** Opens a DuckDB database in this process. Rejects with DuckDB's message, e.g. when another process is writing the file. */
export async function openDuckdb(options: DuckdbOptions): Promise<SqlEngine> {
  const instance = await DuckDBInstance.create(options.path, settings(options))
  const pool = createConnectionPool(instance, options.connections ?? 4)
  async function* stream(sql: string): AsyncGenerator<readonly SqlRow[]> {
    const connection = await pool.take()
    try {
      yield* chunksOf(await connection.stream(sql))
    } finally {
      pool.give(connection)
    }
  }
  return {
    dialect: 'duckdb',
    query: (sql) => allRows(stream(sql)),
    stream,
    async execute(sql) {
      const connection = await pool.take()
      try {
        await connection.run(sql)
      } finally {
        pool.give(connection)
      }
    },
    close() {
      pool.close()
      instance.closeSync()
      return Promise.resolve()
    },
  }
}

function settings(options: DuckdbOptions): Record<string, string> {
  const result: Record<string, string> = {
    access_mode: options.readOnly === true ? 'READ_ONLY' : 'AUTOMATIC',
    // Nothing is fetched from the network at run time: parquet, json and icu are linked in.
    autoinstall_known_extensions: 'false',
  }
  if (options.threads !== undefined) result['threads'] = String(options.threads)
  if (options.memoryLimit !== undefined) result['memory_limit'] = options.memoryLimit
  if (options.tempDirectory !== undefined) result['temp_directory'] = options.tempDirectory
  return result
}

async function* chunksOf(result: DuckDBResult): AsyncGenerator<readonly SqlRow[]> {
  const names = result.columnNames()
  const converters = result.columnTypes().map(converterFor)
  for (;;) {
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) return
    const rows: Record<string, SqlRow[string]>[] = Array.from({ length: chunk.rowCount }, () => ({}))
    names.forEach((name, column) => {
      const convert = converters[column]!
      chunk.getColumnValues(column).forEach((value, row) => {
        rows[row]![name] = value === null ? null : convert(value)
      })
    })
    yield rows
  }
}
