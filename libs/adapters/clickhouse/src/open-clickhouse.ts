import { Readable } from 'node:stream'
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client'
import { allRows, type SqlEngine, type SqlRow, type SqlValue } from '@tidewater/ports'
import { converterFor } from './convert-clickhouse-value.ts'

export interface ClickhouseOptions {
  /** 'http://user:password@host:port'. */
  readonly url: string
  /** Longest wait for one statement, ms. Default 10 minutes. */
  readonly timeoutMs?: number
  /** Requests at once; more wait. Default 8. */
  readonly connections?: number
  /** Settings of single installations, over the ones the platform needs. */
  readonly settings?: Readonly<Record<string, string | number>>
}

/** A SQL engine that also takes files: `insert` streams the bytes of one file in `format` (e.g. 'Parquet') through `sql`. */
export interface Clickhouse extends SqlEngine {
  readonly dialect: 'clickhouse'
  /**
   * Sends `body` as the data of `INSERT INTO … SELECT … FROM input('…') FORMAT Parquet` (or any INSERT … FORMAT).
   * The outcome of a broken connection is unknown: give a `token`, and look before sending again.
   */
  insert(
    sql: string,
    body: AsyncIterable<Uint8Array> | Uint8Array,
    options: { readonly token: string },
  ): Promise<void>
}

/**
 * What each statement relies on is said with the statement, never left to the defaults of a server version:
 * 26.3 made small inserts asynchronous and every insert deduplicated.
 */
const SETTINGS: Readonly<Record<string, string | number>> = {
  async_insert: 0,
  wait_for_async_insert: 1,
  // An error in the middle of a result must not look like its end.
  wait_end_of_query: 1,
  join_use_nulls: 1,
  // The clock of a zone stands in the text of its windows.
  max_query_size: 4 * 1024 * 1024,
  // Sums over nothing are 0 and other aggregates over nothing NULL by the printed SQL itself, not by a setting.
  aggregate_functions_null_for_empty: 0,
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_decimals: 1,
  output_format_json_quote_denormals: 1,
  date_time_output_format: 'iso',
  session_timezone: 'UTC',
}
const FORMAT = 'JSONCompactEachRowWithNamesAndTypes'

/** Speaks to a ClickHouse server by HTTP. Statements are never sent twice. Rejects with the server's message. */
export function openClickhouse(options: ClickhouseOptions): Clickhouse {
  const client = createClient({
    url: options.url,
    request_timeout: options.timeoutMs ?? 600_000,
    max_open_connections: options.connections ?? 8,
    // The embedded server closes idle sockets after 3 s at the least.
    keep_alive: { enabled: true, idle_socket_ttl: 2000, eagerly_destroy_stale_sockets: true },
    max_response_headers_size: 1024 * 1024,
    clickhouse_settings: { ...SETTINGS, ...options.settings } as ClickHouseSettings,
    application: 'tidewater',
    // Errors reach the caller; said twice they would only hide others.
    log: { level: ClickHouseLogLevel.OFF },
  })
  const stream = (sql: string): AsyncGenerator<readonly SqlRow[]> => rowsOf(client, sql)
  return {
    dialect: 'clickhouse',
    query: (sql) => allRows(stream(sql)),
    stream,
    async execute(sql) {
      await client.command({ query: sql })
    },
    async insert(sql, body, { token }) {
      await insert(client, sql, body, token)
    },
    close: () => client.close(),
  }
}

async function* rowsOf(client: ClickHouseClient, sql: string): AsyncGenerator<readonly SqlRow[]> {
  const result = await client.query({ query: sql, format: FORMAT })
  let names: readonly string[] | null = null
  let converters: readonly ((value: unknown) => SqlValue)[] | null = null
  for await (const chunk of result.stream()) {
    const rows: SqlRow[] = []
    for (const line of chunk) {
      const cells = line.json() as unknown as unknown[]
      if (names === null) names = cells as string[]
      else if (converters === null) converters = (cells as string[]).map(converterFor)
      else rows.push(rowOf(names, converters, cells))
    }
    if (rows.length > 0) yield rows
  }
}

function rowOf(
  names: readonly string[],
  converters: readonly ((value: unknown) => SqlValue)[],
  cells: readonly unknown[],
): SqlRow {
  const row: Record<string, SqlValue> = {}
  for (let i = 0; i < names.length; i++) {
    const cell = cells[i]
    row[names[i]!] = cell === null ? null : converters[i]!(cell)
  }
  return row
}

async function insert(
  client: ClickHouseClient,
  sql: string,
  body: AsyncIterable<Uint8Array> | Uint8Array,
  token: string,
): Promise<void> {
  const values = Readable.from(body instanceof Uint8Array ? [body] : body, { objectMode: false })
  const result = await client.exec({
    query: sql,
    values,
    clickhouse_settings: { insert_deduplicate: 1, insert_deduplication_token: token } as ClickHouseSettings,
  })
  for await (const chunk of result.stream) void chunk
}
