import { expect, test } from 'vitest'
import { converterFor } from './convert-clickhouse-value.ts'

test.each([
  ['Int32', 5, 5],
  ['Int64', '9007199254740991', 9007199254740991],
  ['Int64', '-9007199254740992', -9007199254740992n],
  ['Int128', '170141183460469231731687303715884105727', 170141183460469231731687303715884105727n],
  ['Decimal(12, 3)', '1.5', 1500],
  ['Decimal(12, 3)', '-0.001', -1],
  ['Decimal(38, 3)', '12345678901234567890', 12345678901234567890000n],
  ['Decimal(9, 0)', '-7', -7],
  ['Float64', 0.25, 0.25],
  ['Float64', '-inf', -Infinity],
  ["DateTime64(3, 'UTC')", '1969-12-31T23:59:59.999Z', -1],
  ["Nullable(DateTime64(3, 'UTC'))", null, null],
  ['LowCardinality(Nullable(String))', 'a', 'a'],
  ['Array(Nullable(Decimal(18, 2)))', ['2.5', null], [250, null]],
  ['Array(Int64)', ['1', '2'], [1, 2]],
  ['Bool', true, true],
])('%s %s', (type, cell, expected) => {
  expect(converterFor(type)(cell)).toEqual(expected)
})
