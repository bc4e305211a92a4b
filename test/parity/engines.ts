import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openClickhouse } from '@tidewater/adapter-clickhouse'
import { openDuckdb } from '@tidewater/adapter-duckdb'
import { startClickhouse } from '@tidewater/stack'
import type { Engines } from './check-case.ts'

/** Both warehouses with nothing in them; ClickHouse is embedded unless CLICKHOUSE_URL names one. */
export async function startEngines(): Promise<Engines & { stop(): Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), 'tidewater-parity-'))
  const given = process.env['CLICKHOUSE_URL']
  const server = given === undefined ? await startClickhouse({ dir }) : null
  const clickhouse = openClickhouse({
    url: given ?? server?.url ?? '',
    // Thousands of statements over a few rows each: planning is all they cost, so nothing is compiled or spread.
    settings: {
      max_threads: 1,
      compile_expressions: 0,
      compile_aggregate_expressions: 0,
      compile_sort_description: 0,
    },
  })
  const duckdb = await openDuckdb({ path: ':memory:', threads: 1 })
  return {
    duckdb,
    clickhouse,
    async stop() {
      await Promise.all([duckdb.close(), clickhouse.close()])
      await server?.stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
