import { duckdb } from '@tidewater/expr'
import { presentSql, slotsSql } from '@tidewater/plan'
import { count, event, id, instant, text, view } from 'tidewater'
import { catalogOf } from 'tidewater/fixture'
import { expect, test } from 'vitest'
import { openDuckdb } from './open-duckdb.ts'
import { viewSqlsOf } from './warehouse/open-duckdb-warehouse.ts'

const Sale = event('Sale', {
  fields: { shop: id(), at: instant(), channel: text() },
  key: 'shop',
  time: 'at',
})
const ByChannel = view('ByChannel', { from: Sale, by: 'channel', measure: () => ({ sales: count() }) })
const Both = view('Both', { from: Sale, by: ['shop', 'channel'], measure: () => ({ sales: count() }) })
const ByShop = view('ByShop', { from: Sale, by: 'shop', measure: () => ({ sales: count() }) })
const catalog = catalogOf([Sale, ByChannel, Both, ByShop])

test('rows from before a field was required have no key by it, and count everywhere else', async () => {
  const engine = await openDuckdb({ path: ':memory:', connections: 1 })
  await engine.execute(
    `CREATE TABLE sale AS SELECT * FROM (VALUES (0, 0, 's', TIMESTAMP '2026-01-01', CAST(NULL AS VARCHAR)), (0, 1, 's', TIMESTAMP '2026-01-01', NULL),
    (0, 2, 's', TIMESTAMP '2026-01-02', 'web')) AS t(_partition, _offset, shop, "at", channel)`,
  )
  const rows = new Map<string, unknown>()
  for (const plan of viewSqlsOf(catalog)) {
    const slots = `(${slotsSql(plan, duckdb, { source: 'sale' })})`
    rows.set(plan.view.name, await engine.query(presentSql(plan, duckdb, { slots, asOf: '0' })))
  }
  expect(Object.fromEntries(rows)).toEqual({
    ByChannel: [{ channel: 'web', sales: 1 }],
    Both: [{ shop: 's', channel: 'web', sales: 1 }],
    ByShop: [{ shop: 's', sales: 3 }],
  })
  await engine.close()
})
