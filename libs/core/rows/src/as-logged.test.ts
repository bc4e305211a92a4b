import { event, id, instant, int } from 'tidewater'
import { catalogOf } from 'tidewater/fixture'
import { expect, test } from 'vitest'
import { asLogged } from './as-logged.ts'

test('what is required of an event today may be missing in the log, its time alone may not', () => {
  const fields = { saleId: id(), at: instant(), units: int(), gift: int().optional() }
  const sale = catalogOf([event('Sale', { fields, key: 'saleId', time: 'at' })]).events.get('Sale')!
  const optional = asLogged(sale).fields.map((field) => [field.name, field.optional])
  expect(Object.fromEntries(optional)).toEqual({ saleId: true, at: false, units: true, gift: true })
})
