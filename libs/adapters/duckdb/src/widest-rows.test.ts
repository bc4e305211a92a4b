import { duckdb } from '@tidewater/expr'
import { compileView, presentSql, slotsSql } from '@tidewater/plan'
import { decimal, event, id, instant, int, sum, view } from 'tidewater'
import { catalogOf } from 'tidewater/fixture'
import { expect, test } from 'vitest'
import { openDuckdb } from './open-duckdb.ts'
import { viewSqlsOf } from './warehouse/open-duckdb-warehouse.ts'

const Sale = event('Sale', {
  fields: { shop: id(), at: instant(), pieces: int(), price: decimal(12, 2) },
  key: 'shop',
  time: 'at',
})
/** 15 and 12 digits: the 27 an expression of one event may have. */
const Revenue = view('Revenue', {
  from: Sale,
  by: 'shop',
  measure: (sale) => ({ revenue: sum(sale.pieces.times(sale.price)) }),
})
const catalog = catalogOf([Sale, Revenue])

test('a row of the widest values a definition may multiply does not overflow, nor does the total', async () => {
  const rows = 1_000
  const [pieces, price] = [999_999_999_999_999, 999_999_999_999]
  const total = (BigInt(pieces) * BigInt(price) * BigInt(rows)).toString()
  const expected = `${total.slice(0, -2)}.${total.slice(-2)}`

  const machine = compileView(catalog.views.get('Revenue') as never, catalog)
  const state = machine.zero()
  for (let offset = 0; offset < rows; offset++)
    machine.add(state, { shop: 's', at: 0, pieces, price }, 0, offset)
  expect(String(machine.present(state, 0)?.['revenue'])).toBe(total)

  const engine = await openDuckdb({ path: ':memory:', connections: 1 })
  await engine.execute(
    `CREATE TABLE sale AS SELECT 0 AS _partition, range AS _offset, 's' AS shop, TIMESTAMP '1970-01-01' AS "at",
    CAST(${pieces} AS BIGINT) AS pieces, CAST('9999999999.99' AS DECIMAL(12,2)) AS price FROM range(${rows})`,
  )
  for (const plan of viewSqlsOf(catalog)) {
    const slots = `(${slotsSql(plan, duckdb, { source: 'sale' })})`
    const presented = presentSql(plan, duckdb, { slots, asOf: '0' })
    expect(await engine.query(`SELECT CAST(revenue AS VARCHAR) AS revenue FROM (${presented})`)).toEqual([
      { revenue: expected },
    ])
  }
  await engine.close()
})
