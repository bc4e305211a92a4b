import { describe, expect, it } from 'vitest'
import { cell, compact, exact, instant, span } from './format.ts'

describe('numbers as they are read', () => {
  it('keep every digit of a decimal', () => {
    expect(exact('-1234567890123456789.120')).toBe('-1,234,567,890,123,456,789.120')
    expect(cell('0.10', 'decimal(38, 2)')).toBe('0.10')
  })

  it('are short where they are many', () => {
    expect([compact(9_999), compact(13_400), compact(1_250_000), compact(0.12345)]).toEqual([
      '9,999',
      '13.4K',
      '1.3M',
      '0.1235',
    ])
  })

  it('are a dash where there is none, and nought where there is', () => {
    expect([cell(null, 'int'), cell(undefined, 'int'), cell(0, 'int'), cell([1, 0], 'list of int')]).toEqual([
      '–',
      '–',
      '0',
      '1 · 0',
    ])
  })

  it('of a breakdown are with their keys', () => {
    const entries = [
      { key: 'FR', value: '12.50' },
      { key: 'DE', value: 1_000 },
    ]
    expect(cell(entries, 'list of entry')).toBe('FR 12.50 · DE 1,000')
  })

  it('say times in UTC, and how long ago in one unit', () => {
    expect(instant('2026-11-21T10:00:05.000Z')).toBe('2026-11-21 10:00:05')
    expect(instant('2026-11-21T00:00:00.000Z')).toBe('2026-11-21')
    expect([span(-5), span(42_000), span(180_000), span(7_200_000)]).toEqual(['0 ms', '42 s', '3 min', '2 h'])
  })
})
