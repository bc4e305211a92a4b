import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsePeriod, periodOf, rollUpOf } from './period.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const minute = { kind: 'duration', ms: MINUTE } as const
const month = (zone: string) => ({ kind: 'calendar', unit: 'month', zone }) as const
const at = (text: string): number => Date.parse(text)

describe('periods', () => {
  it.each([
    [{ kind: 'duration', ms: MINUTE }, '1m'],
    [{ kind: 'duration', ms: 90 * MINUTE }, '90m'],
    [{ kind: 'duration', ms: 2 * HOUR }, '2h'],
    [{ kind: 'duration', ms: 24 * HOUR }, '1d'],
    [{ kind: 'duration', ms: 10_000 }, '10s'],
    [month('UTC'), '1mo'],
    [{ kind: 'calendar', unit: 'hour', zone: 'UTC' }, '1h'],
  ] as const)('%j is %s, and back', (window, text) => {
    expect(periodOf(window)).toBe(text)
    const zone = window.kind === 'calendar' ? window.zone : 'UTC'
    const buckets = rollUpOf(window, parsePeriod(text), zone)
    expect(buckets?.start(at('2026-05-05T05:05:05Z'))).toBeLessThanOrEqual(at('2026-05-05T05:05:05Z'))
  })
  it.each(['', '0m', '5', 'm', '1.5h', '-1h', '5 m', '2mo', '99999999999m', '__proto__', 'constructor'])(
    '%j is none',
    (text) => {
      expect(() => parsePeriod(text)).toThrow('is no period')
    },
  )
  it('never let a window of the view fall into two', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('1m', '5m', '30m', '1h', '6h', '1d', '1w', '1mo', '1q', '1y'),
        fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kathmandu'),
        fc.integer({ min: at('2024-01-01'), max: at('2026-12-31') }),
        (text, zone, ms) => {
          fc.pre(zone === 'UTC' || text !== '6h')
          fc.pre(zone === 'UTC' || text !== '30m')
          const buckets = rollUpOf(minute, parsePeriod(text), zone)
          const start = Math.floor(ms / MINUTE) * MINUTE
          expect(buckets?.start(start)).toBe(buckets?.start(start + MINUTE - 1))
        },
      ),
    )
  })
  it('follow the clock of a zone', () => {
    const days = rollUpOf(minute, parsePeriod('1d'), 'Europe/Berlin')
    expect(days?.start(at('2026-07-01T22:30:00Z'))).toBe(at('2026-07-01T22:00:00Z'))
    expect(days?.end(at('2026-03-28T23:00:00Z'))).toBe(at('2026-03-29T22:00:00Z'))
  })
  it.each([
    [minute, '90s', 'UTC', 'a multiple of'],
    [minute, '6h', 'Europe/Berlin', 'no grid of their own'],
    [{ kind: 'duration', ms: HOUR }, '1d', 'Europe/Berlin', 'windows that divide 15 minutes'],
    [{ kind: 'duration', ms: 7 * HOUR }, '1d', 'UTC', 'do not fit into a day'],
    [month('UTC'), '1w', 'UTC', 'cannot be joined'],
    [month('UTC'), '1h', 'UTC', 'cannot be joined'],
    [month('Europe/Berlin'), '1y', 'UTC', 'are months of Europe/Berlin'],
    [minute, '1h', 'Mars/Olympus', 'is no time zone'],
  ] as const)('%j every %s in %s is refused', (window, text, zone, words) => {
    expect(() => rollUpOf(window, parsePeriod(text), zone)).toThrow(words)
  })
  it('of all is one', () => {
    expect(rollUpOf(minute, parsePeriod('all'), 'UTC')).toBeNull()
  })
})
