/**
 * A cell as an engine hands it over, the same from both:
 *
 * | SQL | JavaScript |
 * |---|---|
 * | integers of any width | number while safe, bigint beyond 2^53 − 1 |
 * | DECIMAL(p, s) | the value × 10^s, as integers above |
 * | DOUBLE | number |
 * | TIMESTAMP, DateTime64 | ms since epoch, UTC |
 * | VARCHAR, ENUM, LowCardinality | string |
 * | LIST, Array | array |
 * | STRUCT, Tuple with names | array of its values |
 * | NULL | null |
 */
export type SqlValue = string | number | bigint | boolean | null | readonly SqlValue[]

export type SqlRow = Readonly<Record<string, SqlValue>>

export type Dialect = 'duckdb' | 'clickhouse'

/** All rows of a stream. */
export const allRows = async <T extends SqlRow>(
  stream: AsyncIterable<readonly SqlRow[]>,
): Promise<readonly T[]> => {
  const rows: T[] = []
  for await (const chunk of stream) for (const row of chunk) rows.push(row as T)
  return rows
}

/** A warehouse that runs SQL text. Statements carry their literals, escaped by the printer of `@tidewater/expr`. */
export interface SqlEngine {
  readonly dialect: Dialect
  /** All rows of one SELECT. Rejects with the engine's message. */
  query<T extends SqlRow = SqlRow>(sql: string): Promise<readonly T[]>
  /** The rows of one SELECT in chunks, without holding all of them. */
  stream(sql: string): AsyncIterable<readonly SqlRow[]>
  /** One statement without a result (DuckDB: several, divided by `;`). */
  execute(sql: string): Promise<void>
  close(): Promise<void>
}
