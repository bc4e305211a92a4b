import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openDuckdb } from '@tidewater/adapter-duckdb'
import { REPOSITORY } from './platform.ts'

const DATA = join(REPOSITORY, '..', 'shared', 'data')
const NAMES = {
  log: 'web_access.log.gz',
  pump: 'pump_sensors_valve1.csv.gz',
  series: 'nab_series.csv.gz',
  edits: 'wiki_edits_2015-09-12_h00-h15.jsonl.gz',
  sales: 'online_retail_2010-12_2011-08.csv.gz',
}
export const REAL_FILES: readonly string[] = Object.values(NAMES).map((name) => join(DATA, name))
/** The data stand beside a checkout in CI; a user's clone has none. */
export const hasRealData = REAL_FILES.every((file) => existsSync(file))

interface Truth {
  readonly 'web_access.log.gz': {
    readonly by_status: [string, number][]
    readonly top5_ips: [string, number][]
    readonly top5_paths: [string, number][]
    readonly bytes_sent: number
    readonly by_day: [string, number][]
  }
  readonly 'wiki_edits_2015-09-12_h00-h15.jsonl.gz': {
    readonly by_hour: [string, number, number][]
    readonly top5_channels: [string, number, number][]
    readonly top5_users: [string, number][]
  }
}

export const truth = (): Truth => JSON.parse(readFileSync(join(DATA, 'truth.json'), 'utf8')) as Truth

export type Cells = Readonly<Record<string, string | number | null>>
export type Query = (sql: string) => Promise<readonly Cells[]>

/** The raw files as an analyst would read them, without anything of ours: requests, readings, edits, sales. */
export const openRaw = async (): Promise<{ readonly query: Query; close(): Promise<void> }> => {
  const duckdb = await openDuckdb({ path: ':memory:', threads: 2 })
  const path = (name: keyof typeof NAMES): string => `'${join(DATA, NAMES[name])}'`
  const pattern = String.raw`^(\S+) \S+ \S+ \[.*?\] "\S+ (.*?) HTTP/[0-9.]+" (\d+) (\d+|-) `
  const part = (n: number): string => `regexp_extract(line, '${pattern}', ${n})`
  await duckdb.execute(`CREATE TABLE requests AS SELECT ${part(1)} AS ip, ${part(2)} AS path,
    CAST(${part(3)} AS BIGINT) AS status, coalesce(TRY_CAST(${part(4)} AS BIGINT), 0) AS bytes
    FROM read_csv(${path('log')}, delim = '\x01', quote = '', escape = '', header = false, columns = {'line': 'VARCHAR'})`)
  await duckdb.execute(`CREATE TABLE readings AS
    SELECT experiment AS id, datetime AS happened, "Pressure" AS value,
      "Temperature" AS temperature
    FROM read_csv(${path('pump')})
    UNION ALL SELECT series, timestamp, value, NULL
    FROM (SELECT * FROM read_csv(${path('series')}) LIMIT 8064)`)
  await duckdb.execute(
    `CREATE TABLE edits AS SELECT *, CAST(time AS TIMESTAMP) AS happened FROM read_json(${path('edits')})`,
  )
  await duckdb.execute(`CREATE TABLE sales AS SELECT StockCode AS symbol, InvoiceDate AS happened, Quantity AS size,
    CAST(UnitPrice AS DECIMAL(15, 6)) AS price FROM (SELECT * FROM read_csv(${path('sales')},
      types = {'StockCode': 'VARCHAR', 'InvoiceNo': 'VARCHAR', 'UnitPrice': 'DECIMAL(15, 6)'}) LIMIT 20000)`)
  return { query: (sql) => duckdb.query<Cells>(sql), close: () => duckdb.close() }
}
