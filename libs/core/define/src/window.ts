import type { Duration } from '@tidewater/base'
import { isZone } from '@tidewater/windows'
import type { WindowDefinition } from './definition.ts'
import { mistake } from './mistake.ts'
import { durationMs, inWords } from './operand.ts'
import { calendarUnit } from './operations.ts'
import { optionsOf } from './options.ts'
import type { CalendarUnit } from './value.ts'

const WINDOW = Symbol.for('tidewater.window')

/** A window of event time. */
export interface Window {
  readonly '~window': true
}

/** Windows that follow each other: `tumbling(minutes(5))`, or by the calendar: `tumbling('month', { zone: 'Europe/London' })`. */
export const tumbling = (size: Duration | CalendarUnit, options?: { readonly zone?: string }): Window => {
  const zone = options === undefined ? undefined : optionsOf('tumbling', options, ['zone'])['zone']
  return Object.freeze({ [WINDOW]: windowDefinition(size, zone) }) as unknown as Window
}

const windowDefinition = (size: unknown, zone: unknown): WindowDefinition => {
  if (typeof size === 'string') {
    const unit = calendarUnit(size)
    return { kind: 'calendar', unit, zone: zone === undefined ? 'UTC' : zoneName(zone) }
  }
  const ms = durationMs(size, 'tumbling')
  if (ms < 1000 || ms % 1000 !== 0) throw mistake("'tumbling' takes whole seconds")
  if (zone !== undefined)
    throw mistake("'zone' is for calendar windows", "write tumbling('day', { zone: 'Europe/London' })")
  return { kind: 'duration', ms }
}

/** A zone of the time zone database. */
const zoneName = (zone: unknown): string => {
  if (typeof zone === 'string' && isZone(zone)) return zone
  throw mistake(`there is no time zone ${inWords(zone)}`, "write a name such as 'Europe/London'")
}

/** The plain window, or null when the value is none. */
export const windowOf = (value: unknown): WindowDefinition | null =>
  typeof value === 'object' && value !== null
    ? ((Reflect.get(value, WINDOW) as WindowDefinition | undefined) ?? null)
    : null
