/** A span of time in whole milliseconds, greater than zero. */
export interface Duration {
  readonly ms: number
}

const unit =
  (name: string, ms: number) =>
  (count: number): Duration => {
    const span = count * ms
    if (!Number.isSafeInteger(span) || span <= 0) {
      throw new RangeError(
        `${name}(${count}) is no duration: it must be above 0 and a whole number of milliseconds`,
      )
    }
    return { ms: span }
  }

export const seconds = unit('seconds', 1_000)
export const minutes = unit('minutes', 60_000)
export const hours = unit('hours', 3_600_000)
export const days = unit('days', 86_400_000)

const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
]

/** '7.5 min' as '450 s', '1 h', '250 ms': the largest unit that divides it. */
export const formatDuration = (ms: number): string => {
  const found = UNITS.find(([, size]) => ms >= size && ms % size === 0)
  return found === undefined ? `${ms} ms` : `${ms / found[1]} ${found[0]}`
}
