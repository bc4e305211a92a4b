import fc from 'fast-check'
import { expect, test } from 'vitest'
import { didYouMean, nearest } from './did-you-mean.ts'
import { formatDuration, hours, minutes, seconds } from './duration.ts'
import { floorDiv, floorTo } from './floor.ts'
import { must } from './must.ts'
import { PlatformError, sentenceOf } from './platform-error.ts'

test('floor is floor, also before 1970', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e14, max: 1e14 }), fc.integer({ min: 1, max: 86_400_000 }), (x, step) => {
      const start = floorTo(x, step)
      expect(start % step === 0 && start <= x && x < start + step).toBe(true)
      expect(floorDiv(x, step) * step).toBe(start)
    }),
  )
  expect(floorTo(-1, 1000)).toBe(-1000)
  expect(Object.is(floorTo(0, 1000), 0)).toBe(true)
})

test('durations are whole milliseconds above zero', () => {
  expect(minutes(7.5)).toEqual({ ms: 450_000 })
  expect(hours(24).ms).toBe(86_400_000)
  for (const bad of [0, -1, NaN, Infinity, 0.0001]) expect(() => seconds(bad)).toThrow('is no duration')
  expect([450_000, 3_600_000, 250, 86_400_000, 90_000].map(formatDuration)).toEqual([
    '450 s',
    '1 h',
    '250 ms',
    '1 d',
    '90 s',
  ])
})

test('the nearest word', () => {
  expect(nearest('amonut', ['amount', 'at', 'userId'])).toBe('amount')
  expect(nearest('tpye', ['type', 'time'])).toBe('type')
  expect(nearest('user_id', ['userId'])).toBe('userId')
  expect(nearest('zebra', ['amount', 'type'])).toBeNull()
  expect(didYouMean('zebra', ['amount'])).toBe('')
  expect(didYouMean('amonut', ['amount'])).toBe(" (did you mean 'amount'?)")
})

test('an error says what and the cure', () => {
  const error = new PlatformError('BAD_INPUT', "no field 'x'", 'use y', 'a.b')
  expect([error.code, error.path, sentenceOf(error)]).toEqual(['BAD_INPUT', 'a.b', "no field 'x' (use y)"])
  expect(sentenceOf(new Error('plain'))).toBe('plain')
  expect(() => must(null, 'key')).toThrow('missing key')
  expect(must(0, 'zero')).toBe(0)
})
