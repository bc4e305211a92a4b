import { openClickhouse, openClickhouseBatchReader } from '@tidewater/adapter-clickhouse'
import { openDuckdbBatchReader } from '@tidewater/adapter-duckdb'
import type { BatchReader, Lake } from '@tidewater/ports'
import type { Config } from '@tidewater/runtime'
import type { Catalog } from 'tidewater'

/** Where windowed views find their generations: DuckDB's files unless ClickHouse alone computes them. */
export const openBatchReader = (
  config: Pick<Config, 'batchEngine' | 'clickhouseUrl' | 'publishedDir'>,
  catalog: Catalog,
  lake: Lake,
): BatchReader => {
  const duckdb = openDuckdbBatchReader({ directory: config.publishedDir, lake, catalog })
  if (config.batchEngine !== 'clickhouse' || config.clickhouseUrl === null) return duckdb
  return openClickhouseBatchReader({
    clickhouse: openClickhouse({ url: config.clickhouseUrl }),
    catalog,
    history: duckdb,
  })
}
