import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bucketsOf,
  firstNeededTile,
  hopOf,
  inWindowSql,
  startOfUtc,
  tileOf,
  tilesOf,
  zoneSpans,
} from './index.ts'
import type { CalendarUnit } from './index.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const instant = fc.integer({ min: Date.UTC(1905, 0, 1), max: Date.UTC(2090, 0, 1) })

describe('hopOf', () => {
  it.each([
    [10 * SECOND, SECOND],
    [59 * SECOND, SECOND],
    [MINUTE, SECOND],
    [5 * MINUTE, 5 * SECOND],
    [7.5 * MINUTE, 5 * SECOND],
    [HOUR, MINUTE],
    [24 * HOUR, 15 * MINUTE],
    [7 * 24 * HOUR, 2 * HOUR],
    [90 * 24 * HOUR, 24 * HOUR],
  ])('a window of %d ms has tiles of %d ms', (window, hop) => {
    expect(hopOf(window)).toBe(hop)
  })
  it('refuses a window that no hop divides', () => {
    expect(hopOf(1_500)).toBeNull()
    expect(hopOf(HOUR + 1)).toBeNull()
  })
})

describe('tilesOf', () => {
  it('takes the same tiles in SQL', () => {
    const inSql = (kind: 'last' | 'previous', tile: number): boolean =>
      // tiles of a millisecond: the condition is plain arithmetic
      Boolean(runInNewContext(inWindowSql({ kind, ms: 60 }, 1, '100', String(tile)).replace('AND', '&&')))
    for (const kind of ['last', 'previous'] as const)
      for (let tile = -30; tile <= 110; tile++) {
        const { first, last } = tilesOf(kind, 60, 1, 100)
        expect([kind, tile, inSql(kind, tile)]).toEqual([kind, tile, tile >= first && tile <= last])
      }
  })
  it('takes the tile of the moment and as many before it as the window is long; the previous window ends before those', () => {
    const asOf = 100 * MINUTE + 59_999
    expect(tilesOf('last', HOUR, MINUTE, asOf)).toEqual({ first: 41, last: 100 })
    expect(tilesOf('previous', HOUR, MINUTE, asOf)).toEqual({ first: -19, last: 40 })
    expect(tilesOf('last', HOUR, MINUTE, -1)).toEqual({ first: -60, last: -1 })
  })
  it('takes whole tiles: never longer than asked, shorter by less than one hop', () => {
    fc.assert(
      fc.property(
        instant,
        instant,
        fc.constantFrom(MINUTE, 5 * MINUTE, 7.5 * MINUTE, HOUR),
        (at, asOf, window) => {
          const hop = hopOf(window) ?? 0
          const inside = (kind: 'last' | 'previous'): boolean => {
            const { first, last } = tilesOf(kind, window, hop, asOf)
            return tileOf(at, hop) >= first && tileOf(at, hop) <= last
          }
          const current = Math.floor(asOf / hop) * hop
          const start = Math.floor(at / hop) * hop
          expect(inside('last')).toBe(start > current - window && start <= current)
          expect(inside('previous')).toBe(start > current - 2 * window && start <= current - window)
          if (at <= asOf && at > asOf - window + hop) expect(inside('last')).toBe(true)
          if (at <= asOf - window) expect(inside('last')).toBe(false)
        },
      ),
    )
  })
  it('drops only tiles that no answer within the last hour needs', () => {
    fc.assert(
      fc.property(
        instant,
        fc.integer({ min: 0, max: HOUR }),
        fc.constantFrom(MINUTE, 7.5 * MINUTE, HOUR),
        (newest, back, window) => {
          const hop = hopOf(window) ?? 0
          const asOf = newest - back
          expect(tilesOf('last', window, hop, asOf).first).toBeGreaterThanOrEqual(
            firstNeededTile(newest, hop, window),
          )
          expect(tilesOf('previous', window, hop, asOf).first).toBeGreaterThanOrEqual(
            firstNeededTile(newest, hop, 2 * window),
          )
        },
      ),
    )
  })
})

/** What a wall clock in the zone shows, as the oracle of calendar windows. */
const wallClock = (ms: number, zone: string): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(ms)

const monthLabel = (day: string, size: number): string =>
  `${day.slice(0, 4)}/${Math.floor((Number(day.slice(5, 7)) - 1) / size)}`
const weekLabel = (day: string): string => {
  const date = new Date(`${day}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7))
  return date.toISOString().slice(0, 10)
}
const label = (unit: CalendarUnit, day: string): string => {
  switch (unit) {
    case 'week':
      return weekLabel(day)
    case 'month':
      return monthLabel(day, 1)
    case 'quarter':
      return monthLabel(day, 3)
    case 'year':
      return monthLabel(day, 12)
    case 'hour':
    case 'day':
      return day
  }
}

describe('calendar windows', () => {
  const zones = [
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kathmandu',
    'America/Sao_Paulo',
    'Australia/Lord_Howe',
    'Atlantic/Azores',
    'America/Havana',
    'America/Scoresbysund',
    'Pacific/Apia',
    'Africa/Casablanca',
    'Antarctica/Troll',
  ]
  const units: readonly CalendarUnit[] = ['day', 'week', 'month', 'quarter', 'year']
  const recent = fc.integer({ min: Date.UTC(1975, 0, 1), max: Date.UTC(2035, 0, 1) })

  it('start and end enclose the instant, and the label changes exactly there', () => {
    fc.assert(
      fc.property(recent, fc.constantFrom(...zones), fc.constantFrom(...units), (ms, zone, unit) => {
        const buckets = bucketsOf({ kind: 'calendar', unit, zone })
        const start = buckets.start(ms)
        const end = buckets.end(start)
        expect(start).toBeLessThanOrEqual(ms)
        expect(end).toBeGreaterThan(ms)
        const name = label(unit, wallClock(ms, zone))
        expect(label(unit, wallClock(start, zone))).toBe(name)
        expect(label(unit, wallClock(end - 1, zone))).toBe(name)
        expect(label(unit, wallClock(start - 1, zone))).not.toBe(name)
        expect(label(unit, wallClock(end, zone))).not.toBe(name)
        expect(buckets.start(start)).toBe(start)
        expect(buckets.start(end)).toBe(end)
      }),
      { numRuns: 400 },
    )
  })
  it('a zone shows what the wall clock shows, in every span of it', () => {
    for (const zone of [...zones, 'America/St_Johns', 'Africa/Monrovia'])
      for (const { from, offset } of zoneSpans(zone).slice(1)) {
        const shown = new Intl.DateTimeFormat('sv-SE', {
          ...{ timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' },
          ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
        })
        expect(shown.format(from)).toBe(new Date(from + offset).toISOString().slice(0, 19).replace('T', ' '))
      }
  })
  it('a day goes on when the clock falls back to the day before: its midnight comes twice', () => {
    // St John's, 2006: on 29 October at 00:01 (UTC−2:30) the clock showed 23:01 of the 28th (UTC−3:30).
    const days = bucketsOf({ kind: 'calendar', unit: 'day', zone: 'America/St_Johns' })
    const [day28, day29, day30] = [
      Date.UTC(2006, 9, 28, 2, 30),
      Date.UTC(2006, 9, 29, 2, 30),
      Date.UTC(2006, 9, 30, 3, 30),
    ]
    // Asked in an order in which a remembered window could mislead.
    for (const at of [day29, Date.UTC(2006, 9, 29, 3), day28, Date.UTC(2006, 9, 29, 3, 30), day29 - 1, day30])
      expect(days.start(at)).toBe(at < day29 ? day28 : at < day30 ? day29 : day30)
    expect([days.end(day28), days.end(day29)]).toEqual([day29, day30])
  })
  it('a change of half an hour ends an hour', () => {
    // Lord Howe, 2024: on 6 April at 15:00 UTC the clock went from 02:00 (UTC+11) to 01:30 (UTC+10:30).
    const hours = bucketsOf({ kind: 'calendar', unit: 'hour', zone: 'Australia/Lord_Howe' })
    const change = Date.UTC(2024, 3, 6, 15)
    expect(hours.start(change - 1)).toBe(change - HOUR)
    expect(hours.end(change - HOUR)).toBe(change)
    expect(hours.start(change + 1)).toBe(change)
    expect(hours.end(change)).toBe(change + HOUR / 2)
  })
  it('hours lie on the local grid', () => {
    const kathmandu = bucketsOf({ kind: 'calendar', unit: 'hour', zone: 'Asia/Kathmandu' })
    expect(kathmandu.start(Date.UTC(2024, 0, 1, 10, 20))).toBe(Date.UTC(2024, 0, 1, 10, 15))
  })
  it('UTC agrees with the zone-aware path before and after 1970', () => {
    fc.assert(
      fc.property(instant, fc.constantFrom(...units), (ms, unit) => {
        const day = new Date(ms).toISOString().slice(0, 10)
        expect(label(unit, new Date(startOfUtc(unit, ms)).toISOString().slice(0, 10))).toBe(label(unit, day))
        expect(label(unit, new Date(startOfUtc(unit, ms) - 1).toISOString().slice(0, 10))).not.toBe(
          label(unit, day),
        )
      }),
    )
  })
})
