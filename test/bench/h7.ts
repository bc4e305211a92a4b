import { readFile, rm } from 'node:fs/promises'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { openDuckdb } from '@tidewater/adapter-duckdb'
import { loadCatalog } from '@tidewater/runtime'
import { topicOf } from 'tidewater'
import { archiveShopEvents } from './archive-shop-events.ts'
import { generationScript } from '../../libs/adapters/duckdb/src/warehouse/generation-script.ts'
import { viewSqlsOf } from '../../libs/adapters/duckdb/src/warehouse/open-duckdb-warehouse.ts'
const full = await loadCatalog({ dirs: [] })
const catalog = { ...full, events: new Map([...full.events].filter(([n]) => n === 'ShopEvent')), views: new Map([...full.views].filter(([, v]) => v.from === 'ShopEvent')) }
const dir = '/tmp/tw/h7/bl'
let files: readonly string[]
if (existsSync(dir + '/files.json')) files = JSON.parse(await readFile(dir + '/files.json', 'utf8'))
else { files = await archiveShopEvents(dir, catalog, 1_000_000, 8); (await import('node:fs')).writeFileSync(dir + '/files.json', JSON.stringify(files)) }
const topic = topicOf('ShopEvent')
const cuts = Array.from({ length: 8 }, (_, partition) => ({ topic, partition, cut: 1_000_000 }))
const plan: any = { number: 1, id: 'g1-b', builtAt: Date.now(), cuts, files: new Map([['ShopEvent', files]]), archived: [], earlier: [], notes: new Map() }
for (let round = 0; round < 3; round++) {
  for (const who of ['hand', 'ours']) {
    const path = `/tmp/tw/h7/${who}.duckdb`
    await rm(path, { force: true }); await rm(path + '.wal', { force: true })
    const db = await openDuckdb({ path, threads: 2, connections: 1 })
    const steps = who === 'ours' ? generationScript(catalog as any, viewSqlsOf(catalog as any), plan) : [`CREATE TEMP VIEW lake AS SELECT * FROM read_parquet([${files.map((f) => `'${f}'`).join(', ')}])`, ...(await readFile('test/bench/recompute.sql', 'utf8')).split(';\n').filter((s) => s.trim() !== '')]
    const c0 = process.cpuUsage()
    for (const sql of steps) {
      const c = process.cpuUsage()
      await db.execute(sql)
      const d = process.cpuUsage(c); const ms = (d.user + d.system) / 1000
      if (round === 2 && ms > 15) console.log(who, ms.toFixed(0).padStart(6), sql.replace(/\s+/g, ' ').slice(0, 90))
    }
    await db.execute('CHECKPOINT'); await db.close()
    const d0 = process.cpuUsage(c0); console.log(who, 'CPU total', ((d0.user + d0.system) / 1000).toFixed(0))
  }
}
process.exit(0)
