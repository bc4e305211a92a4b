import { describe, expect, it } from 'vitest'
import type { Definition } from '../../data/definitions.ts'
import { isSum, layeredRows } from './layered.ts'
import { curlOf, graphqlOf, sqlOf } from './printed.ts'
import { conditionsText, questionOf, variablesOf } from './question.ts'

const column = (name: string, role: 'KEY' | 'MEASURE', type: string, definition = name) => ({
  ...{ name, role, type, definition },
  missing: false,
})

const sales: Definition = {
  ...{
    name: 'SalesByProduct',
    doc: null,
    source: 'commerce/views.ts',
    through: [],
    fingerprint: 'f',
    event: 'ShopEvent',
  },
  ...{ topic: 'event.shop_event', where: null, window: 'tumbling 1 min', every: '1m', expires: null },
  ...{ top: '10 by revenue', tiles: [], fields: ['salesByProduct'], table: 'sales_by_product' },
  columns: [
    column('productId', 'KEY', 'id'),
    column('kind', 'KEY', "oneOf('big', 'small')"),
    column('orders', 'MEASURE', 'int', 'count()'),
    column('revenue', 'MEASURE', 'decimal(38, 2)', 'sum(amount)'),
  ],
}

const asked = (address: string) => questionOf(sales, (name) => new URLSearchParams(address).get(name))

describe('a question in an address', () => {
  it('is the hour of all keys by its main measure when nothing is said', () => {
    expect(asked('')).toMatchObject({
      from: 'now-1h',
      groupBy: null,
      limit: 100,
      measure: 'revenue',
      layer: 'MERGED',
    })
  })

  it('is as if it were not there where it does not fit the view', () => {
    const wrong = 'by=country&order=country+asc&where=country+eq+FR&measure=productId&limit=7&layer=none'
    expect(asked(wrong)).toMatchObject({
      groupBy: [],
      order: null,
      where: [],
      measure: 'revenue',
      limit: 100,
    })
  })

  it('comes back from its own text, whatever a value holds', () => {
    const where = [{ column: 'productId', word: 'eq', value: 'a "b" & c=d' }] as const
    const address = new URLSearchParams({ where: conditionsText(where) }).toString()
    expect(asked(address).where).toEqual(where)
  })

  it('becomes variables with bounds of one column together', () => {
    const { where } = variablesOf(sales, asked('where=orders+gte+2%0Aorders+lt+9%0Akind+eq+big'))
    expect(where).toEqual({ orders: { gte: '2', lt: '9' }, kind: { eq: 'big' } })
  })
})

describe('a question elsewhere', () => {
  it('is GraphQL by the view’s own field, names of an enum bare', () => {
    const text = graphqlOf(sales, asked('by=kind&where=kind+eq+big&order=orders+asc&limit=25&from=all'))
    expect(text).toContain(
      'salesByProduct(groupBy: [kind], where: { kind: { eq: big } }, orderBy: [{ orders: ASC }], first: 25)',
    )
    expect(text).toContain('rows { start kind orders revenue }')
  })

  it('is one word for a shell, quotes and all', () => {
    expect(curlOf(`{ a(b: "it's") }`, 'http://localhost:4000')).toBe(
      `curl -s http://localhost:4000/graphql -H 'content-type: application/json' -d '{"query":"{ a(b: \\"it'\\''s\\") }"}'`,
    )
  })

  it('is SQL with the instants and the quotes of both engines', () => {
    const text = sqlOf(
      sales,
      asked("where=productId+eq+o'neil%0Arevenue+gt+12.5"),
      Date.UTC(2026, 10, 21, 11),
    )
    expect(text).toBe(
      [
        'SELECT * FROM sales_by_product',
        "WHERE window_start >= '2026-11-21 10:00:00'",
        "  AND product_id = 'o''neil'",
        '  AND revenue > 12.5',
        'LIMIT 100',
      ].join('\n'),
    )
  })
})

describe('layers side by side', () => {
  const [, , orders, revenue] = sales.columns
  const rows = (batch: string, speed: string, merged: string) =>
    layeredRows(sales, revenue as never, {
      batch: [{ productId: 'p', kind: 'big', revenue: batch }],
      speed: [{ productId: 'p', kind: 'big', revenue: speed }],
      merged: [{ productId: 'p', kind: 'big', revenue: merged }],
    })

  it('add up digit for digit, beyond what a double holds', () => {
    const [exact] = rows('90071992547409.93', '0.01', '90071992547409.94')
    const [off] = rows('90071992547409.93', '0.01', '90071992547409.93')
    const [negative] = rows('-1.50', '0.25', '-1.25')
    expect([exact?.addsUp, off?.addsUp, negative?.addsUp]).toEqual([true, false, true])
  })

  it('are not added where a measure is no sum', () => {
    const of = (definition: string, type = 'int') => isSum({ definition, type })
    expect([
      of('count()'),
      of('sum(quantity.times(unitPrice))'),
      of("count(where: type.is('click'))"),
    ]).toEqual([true, true, true])
    expect([of('distinct(userId)'), of('sum(a).dividedBy(count())'), of('count().last(1 min)')]).toEqual([
      false,
      false,
      false,
    ])
    expect(isSum(orders as never)).toBe(true)
  })
})
