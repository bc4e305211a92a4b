import { PlatformError } from '@tidewater/base'
import { parseInstant } from '@tidewater/engine-ingest'
import { instantOfLocal, isZone } from '@tidewater/windows'

export interface InstantOptions {
  /** IANA zone of times that name none. */
  readonly zone: string
  /** strptime directives, or s, ms, us for an epoch; null: ISO, 'YYYY-MM-DD HH:MM[:SS]' or an epoch by magnitude. */
  readonly timeFormat: string | null
}

const ZONED = /(Z|UTC|[+-]\d\d(:?\d\d)?)$/i
const DATE_ONLY = /^\d{4}-\d\d-\d\d$/
const EPOCH = /^-?\d{1,17}(\.\d+)?$/

/** Reads a time as ms since epoch, or null. Times without a zone are local to `zone`. Throws BAD_INPUT on an unknown zone. */
export const instantReader = ({ zone, timeFormat }: InstantOptions): ((text: string) => number | null) => {
  if (!isZone(zone))
    throw new PlatformError('BAD_INPUT', `--zone ${zone} is not a time zone`, '--zone Europe/Berlin')
  const toUtc = localReader(zone)
  const unit = timeFormat === null ? undefined : EPOCH_UNITS[timeFormat]
  if (unit !== undefined) return (text) => (EPOCH.test(text.trim()) ? Math.floor(Number(text) * unit) : null)
  if (timeFormat !== null) {
    const read = strptime(timeFormat)
    return (text) => {
      const time = read(text.trim())
      return time === null ? null : time.zoned ? time.ms : toUtc(time.ms)
    }
  }
  return (text) => {
    const trimmed = text.trim()
    if (EPOCH.test(trimmed)) return epochMs(Number(trimmed))
    const ms = parseInstant(trimmed)
    if (ms === null) return null
    return ZONED.test(trimmed) && !DATE_ONLY.test(trimmed) ? ms : toUtc(ms)
  }
}

/** Milliseconds in one. */
const EPOCH_UNITS: Readonly<Record<string, number>> = { s: 1_000, ms: 1, us: 0.001 }

/**
 * Seconds, milliseconds or microseconds by magnitude, from 1973 to 2286. Smaller numbers are more often something else
 * (20110830), so they need --time-format.
 */
const epochMs = (value: number): number | null => {
  const size = Math.abs(value)
  if (size < 1e8) return null
  if (size < 1e11) return Math.round(value * 1_000)
  return size < 1e14 ? Math.round(value) : Math.floor(value / 1_000)
}

/** The zone's rule is asked once per quarter of an hour of local time, the finest step in which offsets change. */
const localReader = (zone: string): ((local: number) => number) => {
  if (zone === 'UTC') return (local) => local
  const quarter = 900_000
  let last = NaN
  let shift = 0
  return (local) => {
    const start = Math.floor(local / quarter) * quarter
    if (start !== last) {
      shift = instantOfLocal(zone, start) - start
      last = start
    }
    return local + shift
  }
}

const DIRECTIVES: Readonly<Record<string, string>> = {
  Y: '(?<Y>\\d{4})',
  y: '(?<y>\\d{2})',
  m: '(?<m>\\d{1,2})',
  d: '(?<d>\\d{1,2})',
  H: '(?<H>\\d{1,2})',
  I: '(?<I>\\d{1,2})',
  p: '(?<p>[AaPp][Mm])',
  M: '(?<M>\\d{1,2})',
  S: '(?<S>\\d{1,2})',
  f: '(?<f>\\d{1,9})',
  b: '(?<b>[A-Za-z]{3})[a-z]*',
  z: '(?<z>Z|[+-]\\d\\d:?\\d\\d)',
  '%': '%',
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** A reader for '%d/%m/%Y %H:%M'. Throws BAD_INPUT on a directive it does not know. */
const strptime = (
  format: string,
): ((text: string) => { readonly ms: number; readonly zoned: boolean } | null) => {
  const pattern = format.replace(/%(.)|[\\^$.*+?()[\]{}|]/g, (found, directive?: string) => {
    if (directive === undefined) return `\\${found}`
    const part = DIRECTIVES[directive]
    if (part !== undefined) return part
    const known = Object.keys(DIRECTIVES).map((name) => `%${name}`)
    throw new PlatformError('BAD_INPUT', `--time-format: I do not know ${found}`, `known: ${known.join(' ')}`)
  })
  const expression = new RegExp(`^${pattern}$`)
  return (text) => {
    const parts = expression.exec(text)?.groups
    return parts === undefined ? null : fromParts(parts)
  }
}

type Parts = Readonly<Record<string, string | undefined>>

const fromParts = (parts: Parts): { readonly ms: number; readonly zoned: boolean } | null => {
  const month =
    parts['b'] === undefined ? Number(parts['m'] ?? 1) : MONTHS.indexOf(parts['b'].toLowerCase()) + 1
  const two = (part: string | number): string => String(part).padStart(2, '0')
  const date = `${yearOf(parts)}-${two(month)}-${two(parts['d'] ?? 1)}`
  const time = `${two(hourOf(parts))}:${two(parts['M'] ?? 0)}:${two(parts['S'] ?? 0)}.${(parts['f'] ?? '0').padEnd(3, '0')}`
  const ms = parseInstant(`${date}T${time}${parts['z'] ?? ''}`)
  return ms === null ? null : { ms, zoned: parts['z'] !== undefined }
}

/** Two digits: 69 and above are of the last century, as POSIX has it. */
const yearOf = (parts: Parts): string => {
  const short = parts['y']
  return parts['Y'] ?? (short === undefined ? '1970' : `${Number(short) >= 69 ? '19' : '20'}${short}`)
}

const hourOf = (parts: Parts): number => {
  const twelve = parts['I']
  if (twelve === undefined) return Number(parts['H'] ?? 0)
  const hour = Number(twelve) === 12 ? 0 : Number(twelve)
  if (Number(twelve) < 1 || Number(twelve) > 12) return 99
  return parts['p']?.toLowerCase() === 'pm' ? hour + 12 : hour
}
