import { decodeHeader } from '@tidewater/seam'
import type { World } from '@tidewater/testing/simulated'
import type { Counts } from './counts.ts'
import { HORIZON_MS, TOPIC } from './definitions.ts'
import type { Taken } from './oracle.ts'
import type { Traffic } from './traffic.ts'

/**
 * The brokers delete what is old. Under sane settings that is in the archive, below a cut that was published and applied a while
 * ago, and no copy can be told by it any more. Under short ones nobody is asked: what was not read in time is lost, and must be missed aloud.
 */
export interface Retention {
  /** Deletes what may go now; again every so often. */
  pass(): Promise<void>
  /** The log lost something of this partition that somebody may still need. */
  isShort(partition: number): boolean
  readonly isShortAnywhere: boolean
}

type Cuts = readonly { readonly partition: number; readonly cut: number }[]

const SHORT_MS = 10 * 60_000
/** A store that loses its tail is taken back to less than this ago. */
const SETTLED_MS = 3_000

export const createRetention = (world: World, traffic: Traffic, counts: Counts): Retention => {
  const { random, time, log, store, shelf, clock } = world
  const kind = random.chance(0.2) ? 'short' : random.chance(0.9) ? 'sane' : 'none'
  const low: number[] = []
  const short = new Set<number>()
  let published: { readonly at: number; readonly cuts: Cuts }[] = []
  const removable = (): Cuts => {
    if (kind === 'short')
      return traffic.taken.map((records, partition) => ({
        partition,
        cut: behind(records, (r) => r.appendedAt < clock.now() - SHORT_MS),
      }))
    const settled = published.findLast(({ at }) => at < time.now() - SETTLED_MS)
    return (settled?.cuts ?? []).map(({ partition, cut }) => {
      const below = (traffic.taken[partition] ?? []).filter((r) => r.offset < cut)
      const appended = Math.max(0, ...below.map((r) => r.appendedAt))
      return { partition, cut: behind(below, (r) => r.appendedAt < appended - HORIZON_MS) }
    })
  }
  /** The cuts that readers use, where a worker has come up to them: one that has lost its store may not yet. */
  const appliedCuts = async (): Promise<Cuts> => {
    const applied: { readonly partition: number; readonly cut: number }[] = []
    for (const { partition, cut } of shelf.published?.cuts ?? []) {
      const stored = await store.seen.header({ topic: TOPIC, partition })
      if (stored !== null && decodeHeader(stored).nextOffset >= cut) applied.push({ partition, cut })
    }
    return applied
  }
  return {
    isShort: (partition) => short.has(partition),
    get isShortAnywhere() {
      return short.size > 0
    },
    pass: async () => {
      if (kind === 'none') return
      for (const { partition, cut } of removable()) {
        if (cut <= (low[partition] ?? 0)) continue
        low[partition] = cut
        counts.add(kind === 'short' ? 'retained_short' : 'retained')
        if (kind === 'short') short.add(partition)

        log.retain({ topic: TOPIC, partition }, cut)
      }
      const cuts = await appliedCuts()
      published = [...published.slice(-10), { at: time.now(), cuts }]
    },
  }
}

/** The offset behind the last of the records that are so; 0: none is. */
const behind = (records: readonly Taken[], isSo: (record: Taken) => boolean): number =>
  (records.findLast(isSo)?.offset ?? -1) + 1
