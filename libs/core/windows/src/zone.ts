const formats = new Map<string, Intl.DateTimeFormat>()

const formatOf = (zone: string): Intl.DateTimeFormat => {
  let format = formats.get(zone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formats.set(zone, format)
  }
  return format
}

/** True when this runtime knows the IANA zone, e.g. 'Europe/Berlin'. */
export const isZone = (zone: string): boolean => {
  try {
    formatOf(zone)
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/** Local time minus UTC at the instant, ms. Throws RangeError on an unknown zone. */
export const zoneOffset = (zone: string, ms: number): number => {
  if (zone === 'UTC') return 0
  const part: Record<string, string> = {}
  for (const { type, value } of formatOf(zone).formatToParts(ms)) part[type] = value
  const year = part['era'] === 'BC' ? 1 - Number(part['year']) : Number(part['year'])
  const local = new Date(0)
  local.setUTCFullYear(year, Number(part['month']) - 1, Number(part['day']))
  local.setUTCHours(Number(part['hour']), Number(part['minute']), Number(part['second']))
  return local.getTime() - Math.floor(ms / 1000) * 1000
}

/**
 * The first instant whose local time is `local` (ms, as if UTC). A local time that a clock change skips stands for
 * the moment of the change.
 */
export const instantOfLocal = (zone: string, local: number): number => {
  const before = zoneOffset(zone, local - 24 * 3_600_000)
  const after = zoneOffset(zone, local + 24 * 3_600_000)
  const candidates = [local - before, local - after].sort((a, b) => a - b)
  return candidates.find((ms) => ms + zoneOffset(zone, ms) === local) ?? local - before
}
