import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDuckdbBatchReader } from '@tidewater/adapter-duckdb'
import { startClickhouse } from '@tidewater/stack'
import { warehouseContract } from '@tidewater/testing/contract'
import { afterAll, beforeAll } from 'vitest'
import { openClickhouseBatchReader } from '../batch-reader.ts'
import { openClickhouse } from '../open-clickhouse.ts'
import { createRawTables } from '../raw-tables.ts'
import { openClickhouseWarehouse } from './open-clickhouse-warehouse.ts'

let directory = ''
let server: Awaited<ReturnType<typeof startClickhouse>>
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clickhouse-'))
  server = await startClickhouse({ dir: directory })
})
afterAll(async () => {
  await server.stop()
  await rm(directory, { recursive: true, force: true })
})

warehouseContract('ClickHouse', async ({ directory: own, lake, catalog }) => {
  const open = () => openClickhouse({ url: server.url })
  const clickhouse = open()
  const raw = createRawTables(clickhouse)
  const history = openDuckdbBatchReader({ directory: join(own, 'published'), lake, catalog, threads: 1 })
  return {
    warehouse: openClickhouseWarehouse({ clickhouse, raw, lake, catalog, patienceMs: 5000 }),
    reader: openClickhouseBatchReader({ clickhouse: open(), catalog, history }),
    raw,
    ask: (sql) => clickhouse.query(sql),
    view: (name) => `tidewater.${name}`,
  }
})
