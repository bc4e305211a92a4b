import type { Value } from '@tidewater/expr'
import { expect, it } from 'vitest'
import { overRows } from './over-rows-fixture.ts'
import type { TestRow } from './over-rows-fixture.ts'

const DECIMAL = { kind: 'decimal', digits: 15, scale: 2 } as const

it.each<[string, boolean, TestRow[], Value | 'incomplete']>([
  ['of nothing is empty', true, [], []],
  ['rows without key or value are left out', true, [{ value: 5 }, { key: 'a' }], []],
  [
    'the greatest totals come first, ties by key',
    true,
    [
      { key: 'b', value: 100 },
      { key: 'c', value: -50 },
      { key: 'a', value: 100 },
      { key: 'c', value: 1000 },
    ],
    [
      ['c', 950],
      ['a', 100],
    ],
  ],
  [
    'a total of 0 is one',
    true,
    [
      { key: '', value: 7 },
      { key: '', value: -7 },
    ],
    [['', 0]],
  ],
  [
    'beyond 2^53 it is exact',
    true,
    Array.from({ length: 10 }, () => ({ key: 'a', value: 999_999_999_999_999 })),
    [['a', 9_999_999_999_999_990n]],
  ],
  [
    'without a value it counts',
    false,
    [{ key: 'a' }, { key: 'b' }, { key: 'a' }],
    [
      ['a', 2],
      ['b', 1],
    ],
  ],
  [
    'more keys than it keeps are said, never a part of them',
    false,
    ['a', 'b', 'c', 'd'].map((key) => ({ key })),
    'incomplete',
  ],
])('%s', (_, valued, rows, expected) => {
  const options = { top: 2, atMost: 3 }
  expect(overRows({ fn: 'breakdown', type: valued ? DECIMAL : null, options }, rows)).toEqual(expected)
})
