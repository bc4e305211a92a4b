import { createRawTables, openClickhouse, openClickhouseWarehouse } from '@tidewater/adapter-clickhouse'
import { openDuckdbWarehouse } from '@tidewater/adapter-duckdb'
import { PlatformError } from '@tidewater/base'
import type { Lake, Warehouse } from '@tidewater/ports'
import type { Config } from '@tidewater/runtime'
import type { Catalog } from 'tidewater'

const PATIENCE_MS = 60_000

/** The engines that BATCH_ENGINE names; the first one holds what the store is filled from. */
export const openWarehouses = async (
  config: Config,
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
  warehouses.push(
    openClickhouseWarehouse({
      clickhouse,
      raw: createRawTables(clickhouse),
      lake,
      catalog,
      patienceMs: PATIENCE_MS,
    }),
  )
  return warehouses
}
