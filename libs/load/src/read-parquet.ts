import { openDuckdb } from '@tidewater/adapter-duckdb'
import type { RowSource, SourceRow } from './source.ts'

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A Parquet file; every column as text, as DuckDB writes it. */
export const readParquet = async (path: string): Promise<RowSource> => {
  const duckdb = await openDuckdb({ path: ':memory:', connections: 1 })
  const from = `read_parquet(${literal(path)})`
  const described = await duckdb.query<{ column_name: string; column_type: string }>(
    `DESCRIBE SELECT * FROM ${from}`,
  )
  const columns = described.map(({ column_name }) => column_name)
  const texts = described.map(({ column_name, column_type }) => {
    const zoned = column_type.includes('WITH TIME ZONE')
    const value = zoned ? `${quoted(column_name)} AT TIME ZONE 'UTC'` : quoted(column_name)
    return `CAST(${value} AS VARCHAR) AS ${quoted(column_name)}`
  })
  async function* rows(): AsyncGenerator<SourceRow> {
    let line = 0
    try {
      for await (const chunk of duckdb.stream(`SELECT ${texts.join(', ')} FROM ${from}`)) {
        for (const row of chunk) {
          const cells = columns.map((name) => (row[name] ?? null) as string | null)
          yield { line: ++line, cells, broken: null, text: () => JSON.stringify(row) }
        }
      }
    } finally {
      await duckdb.close()
    }
  }
  return { columns, rows: rows() }
}
