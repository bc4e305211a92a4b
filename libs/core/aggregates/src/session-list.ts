/** The most sessions kept for one group; then the oldest are dropped and the group is `degraded` (semantics V5). */
export const MAX_SESSIONS = 1_000

/**
 * Sessions of one group, flat: [dropped (0 or 1), start, end, events, start, end, events, …], ms, ordered, with more
 * than the gap between one end and the next start. Kept as intervals, so two lists merge into what all rows give.
 */
export type Sessions = number[]

const SIZE = 3

export const noSessions = (): Sessions => [0]

/** The sessions that touch [start, end] and it become one; a gap equal to the limit still joins. */
export const addSession = (
  list: Sessions,
  start: number,
  end: number,
  events: number,
  gapMs: number,
): void => {
  const last = list.length - SIZE
  if (last < 1 || start - (list[last + 1] as number) > gapMs) list.push(start, end, events)
  else if (start >= (list[last] as number)) {
    if (end > (list[last + 1] as number)) list[last + 1] = end
    list[last + 2] = (list[last + 2] as number) + events
    return
  } else insert(list, start, end, events, gapMs)
  if (list.length > MAX_SESSIONS * SIZE + 1) {
    list.splice(1, list.length - (MAX_SESSIONS * SIZE + 1))
    list[0] = 1
  }
}

const insert = (list: Sessions, start: number, end: number, events: number, gapMs: number): void => {
  let to = list.length
  while (to > 1 && (list[to - SIZE] as number) - end > gapMs) to -= SIZE
  let from = to
  let [first, final, sum] = [start, end, events]
  while (from > 1 && start - (list[from - SIZE + 1] as number) <= gapMs) {
    from -= SIZE
    first = Math.min(first, list[from] as number)
    final = Math.max(final, list[from + 1] as number)
    sum += list[from + 2] as number
  }
  list.splice(from, to - from, first, final, sum)
}

/** `from` stays as it is. */
export const mergeSessions = (into: Sessions, from: Sessions, gapMs: number): void => {
  if (from[0] === 1) into[0] = 1
  for (let i = 1; i < from.length; i += SIZE) {
    addSession(into, from[i] as number, from[i + 1] as number, from[i + 2] as number, gapMs)
  }
}

/** Index of the session open at `asOf`: begun, and silent for no longer than the gap; −1 when none is. */
export const openSession = (list: Sessions, asOf: number, gapMs: number): number => {
  for (let i = list.length - SIZE; i >= 1; i -= SIZE) {
    if (asOf - (list[i + 1] as number) > gapMs) return -1
    if ((list[i] as number) <= asOf) return i
  }
  return -1
}

/** Seconds from the first to the last event of the open session, else 0. */
export const sessionSeconds = (list: Sessions, asOf: number, gapMs: number): number => {
  const at = openSession(list, asOf, gapMs)
  return at < 0 ? 0 : ((list[at + 1] as number) - (list[at] as number)) / 1000
}

/** Events of the open session, else 0. */
export const sessionEvents = (list: Sessions, asOf: number, gapMs: number): number => {
  const at = openSession(list, asOf, gapMs)
  return at < 0 ? 0 : (list[at + 2] as number)
}

/** Start of the open session, ms, else null. */
export const sessionStart = (list: Sessions, asOf: number, gapMs: number): number | null => {
  const at = openSession(list, asOf, gapMs)
  return at < 0 ? null : (list[at] as number)
}
