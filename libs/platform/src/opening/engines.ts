import {
  createRawTables,
  openClickhouse,
  openClickhouseBatchReader,
  openClickhouseWarehouse,
} from '@tidewater/adapter-clickhouse'
import { openDuckdbBatchReader, openDuckdbWarehouse } from '@tidewater/adapter-duckdb'
import { PlatformError } from '@tidewater/base'
import type { BatchReader, Lake, Warehouse } from '@tidewater/ports'
import type { Config } from '@tidewater/runtime'
import type { Catalog } from 'tidewater'

type EngineConfig = Pick<Config, 'batchEngine' | 'clickhouseUrl' | 'publishedDir'>

const PATIENCE_MS = 60_000

/** The engines that BATCH_ENGINE names; the first one holds what the store is filled from. */
export const openWarehouses = async (
  config: EngineConfig,
  catalog: Catalog,
  lake: Lake,
): Promise<readonly Warehouse[]> => {
  const warehouses: Warehouse[] = []
  if (config.batchEngine !== 'clickhouse')
    warehouses.push(await openDuckdbWarehouse({ directory: config.publishedDir, catalog, build: 'process' }))
  if (config.batchEngine === 'duckdb') return warehouses
  if (config.clickhouseUrl === null) {
    throw new PlatformError(
      'BAD_CONFIG',
      `BATCH_ENGINE is ${config.batchEngine} and CLICKHOUSE_URL is not set`,
      'set CLICKHOUSE_URL, or BATCH_ENGINE=duckdb',
    )
  }
  const clickhouse = openClickhouse({ url: config.clickhouseUrl })
  const raw = createRawTables(clickhouse)
  warehouses.push(openClickhouseWarehouse({ clickhouse, raw, lake, catalog, patienceMs: PATIENCE_MS }))
  return warehouses
}

/** Where windowed views find their generations: DuckDB's files unless ClickHouse alone computes them. */
export const openBatchReader = (config: EngineConfig, catalog: Catalog, lake: Lake): BatchReader => {
  const duckdb = openDuckdbBatchReader({ directory: config.publishedDir, lake, catalog })
  if (config.batchEngine !== 'clickhouse' || config.clickhouseUrl === null) return duckdb
  return openClickhouseBatchReader({
    clickhouse: openClickhouse({ url: config.clickhouseUrl }),
    catalog,
    history: duckdb,
  })
}
