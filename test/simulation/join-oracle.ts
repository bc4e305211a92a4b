// What joins and a pattern make, as their rules are said: for every record of a log the rows it completes or closes, by looking at
// all records before it.

/** A record of a log of sides, or of sales: one that counts. */
export interface Came {
  readonly offset: number
  /** Prefix maximum of append time, ms. */
  readonly appendedAt: number
  readonly side: 'left' | 'right'
  /** What rows must agree in. */
  readonly key: string
  readonly at: number
  readonly units: number
  /** The partition it comes from, and how many its log had. */
  readonly origin: number
  readonly origins: number
}

export interface JoinRule {
  readonly beforeMs: number
  readonly afterMs: number
  readonly keep: 'both' | 'left'
  readonly match: 'each' | 'first'
  readonly latenessMs: number
}

/** A left row and the right one it met. */
export interface Met {
  readonly left: Came
  readonly right: Came | null
}

const IDLE_MS = 60_000

/** J3: how far a side has moved on at an append time, by what these records say; −∞: nobody can tell. */
const reached = (log: readonly Came[], side: Came['side'], now: number, latenessMs: number): number => {
  const own = log.filter((row) => row.side === side)
  const last = own.at(-1)
  // the first row, or the first after a minute without any
  const begun = own.findLast(
    (row, i) => i === 0 || row.appendedAt - (own[i - 1] as Came).appendedAt > IDLE_MS,
  )
  if (begun === undefined || last === undefined) return -Infinity
  const isYoung = now - begun.appendedAt <= IDLE_MS
  const origins = Map.groupBy(own, ({ origin }) => origin)
  if (isYoung && origins.size < Math.max(...own.map((row) => row.origins))) return -Infinity
  const newest = [...origins.values()]
    .filter((rows) => isYoung || last.appendedAt - (rows.at(-1) as Came).appendedAt <= IDLE_MS)
    .map((rows) => Math.max(...rows.map(({ at }) => at)))
  return Math.min(...newest) - latenessMs
}

/** J2 to J5: handed a partition's records in order, what each of them makes, in the order of the rows' numbers. */
export const joins = (rule: JoinRule): ((row: Came) => readonly Met[]) => {
  const watermark = { left: -Infinity, right: -Infinity }
  const log: Came[] = []
  const taken: Came[] = []
  const met = new Set<Came>()
  const over = new Set<Came>()
  return (row) => {
    const isLate = row.at < watermark[row.side]
    const moveOn = (): void => {
      for (const side of ['left', 'right'] as const)
        watermark[side] = Math.max(watermark[side], reached(log, side, row.appendedAt, rule.latenessMs))
    }
    // first the time that has passed, then the row
    moveOn()
    log.push(row)
    moveOn()
    const made: Met[] = []
    for (const other of isLate ? [] : taken) {
      if (other.side === row.side || other.key !== row.key) continue
      const [left, right] = row.side === 'left' ? [row, other] : [other, row]
      if (right.at < left.at - rule.beforeMs || right.at > left.at + rule.afterMs) continue
      if (rule.match === 'first' && met.has(left)) continue
      met.add(left)
      made.push({ left, right })
    }
    if (!isLate) taken.push(row)
    const ended = taken.filter(
      (left) => left.side === 'left' && left.at + rule.afterMs < watermark.right && !over.has(left),
    )
    ended.sort((a, b) => a.at - b.at || a.offset - b.offset)
    for (const left of ended) {
      over.add(left)
      if (rule.keep === 'left' && !met.has(left)) made.push({ left, right: null })
    }
    return made
  }
}

/** J6 for two rows of a key within a time: by record, the pair that it completes. */
export const twice = (
  log: readonly Came[],
  isStep: (row: Came) => boolean,
  { withinMs, latenessMs }: { readonly withinMs: number; readonly latenessMs: number },
): readonly (readonly [Came, Came] | null)[] => {
  let watermark = -Infinity
  let open: readonly Came[] = []
  return log.map((row) => {
    const isLate = row.at < watermark
    watermark = Math.max(watermark, row.at - latenessMs)
    if (isLate || !isStep(row)) return null
    const first = open.find(
      (start) => start.key === row.key && row.at >= start.at && row.at <= start.at + withinMs,
    )
    open = first === undefined ? [...open, row] : open.filter(({ key }) => key !== row.key)
    return first === undefined ? null : [first, row]
  })
}
