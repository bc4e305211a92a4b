import { join } from 'node:path'
import { warehouseContract } from '@tidewater/testing/contract'
import { openDuckdbBatchReader } from '../batch-reader.ts'
import { openDuckdb } from '../open-duckdb.ts'
import { openDuckdbWarehouse } from './open-duckdb-warehouse.ts'

for (const build of ['here', 'process'] as const)
  warehouseContract(
    `DuckDB, built ${build === 'here' ? 'in this process' : 'in a child process'},`,
    async (given) => {
      const directory = join(given.directory, 'published')
      return {
        warehouse: await openDuckdbWarehouse({ directory, catalog: given.catalog, build, threads: 1 }),
        reader: openDuckdbBatchReader({ directory, lake: given.lake, catalog: given.catalog, threads: 1 }),
        raw: null,
        ask: async (sql) => {
          const file = await openDuckdb({ path: join(directory, 'tidewater.duckdb'), readOnly: true })
          const rows = await file.query(sql)
          await file.close()
          return rows
        },
        view: (name) => name,
      }
    },
  )
