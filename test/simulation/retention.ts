import type { TopicPartition } from '@tidewater/ports'
import { decodeHeader } from '@tidewater/seam'
import type { World } from '@tidewater/testing/simulated'
import type { Counts } from './counts.ts'
import { HORIZON_MS, SENT_TOPIC, TOPIC } from './definitions.ts'
import type { Traffic } from './traffic.ts'

/**
 * The brokers delete what is old. Under sane settings that is in the archive, below a cut that was published and applied a while
 * ago, and no copy can be told by it any more. Under short ones nobody is asked: what was not read in time is lost, and must be missed aloud.
 */
export interface Retention {
  /** Deletes what may go now; again every so often. */
  pass(): Promise<void>
  /** The log lost something of this partition that somebody may still need. */
  isShort(place: TopicPartition): boolean
  isShortIn(topic: string): boolean
  readonly isShortAnywhere: boolean
}

interface Cut extends TopicPartition {
  readonly cut: number
}

interface Kept {
  readonly offset: number
  readonly appendedAt: number
}

const SHORT_MS = 10 * 60_000
/** A store that loses its tail is taken back to less than this ago. */
const SETTLED_MS = 3_000

const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`

export const createRetention = (world: World, traffic: Traffic, counts: Counts): Retention => {
  const { random, time, log, store, shelf, clock } = world
  const drawn = (): 'short' | 'sane' | 'none' =>
    random.chance(0.2) ? 'short' : random.chance(0.9) ? 'sane' : 'none'
  const kinds = { [TOPIC]: drawn(), [SENT_TOPIC]: drawn() }
  const recordsOf = (topic: string): readonly (readonly Kept[])[] =>
    topic === TOPIC ? traffic.taken : traffic.made
  const low = new Map<string, number>()
  const short = new Map<string, string>()
  let published: { readonly at: number; readonly cuts: readonly Cut[] }[] = []
  const old = (topic: string): readonly Cut[] =>
    recordsOf(topic).map((records, partition) => ({
      ...{ topic, partition },
      cut: behind(records, (r) => r.appendedAt < clock.now() - SHORT_MS),
    }))
  /** What no copy is told by any more: of what the platform sends a header keeps all that copies are told by, and the lake. */
  const settled = (topic: string): readonly Cut[] =>
    (published.findLast(({ at }) => at < time.now() - SETTLED_MS)?.cuts ?? [])
      .filter((cut) => cut.topic === topic)
      .map((found) => {
        if (topic === SENT_TOPIC) return found
        const below = (recordsOf(topic)[found.partition] ?? []).filter((r) => r.offset < found.cut)
        const appended = Math.max(0, ...below.map((r) => r.appendedAt))
        return { ...found, cut: behind(below, (r) => r.appendedAt < appended - HORIZON_MS) }
      })
  /** The cuts that readers use, where a worker has come up to them: one that has lost its store may not yet. */
  const appliedCuts = async (): Promise<readonly Cut[]> => {
    const applied: Cut[] = []
    for (const { topic, partition, cut } of shelf.published?.cuts ?? []) {
      const stored = await store.seen.header({ topic, partition })
      if (stored !== null && decodeHeader(stored).nextOffset >= cut) applied.push({ topic, partition, cut })
    }
    return applied
  }
  const trim = (topic: string, kind: 'short' | 'sane'): void => {
    for (const place of kind === 'short' ? old(topic) : settled(topic)) {
      const name = nameOf(place)
      if (place.cut <= (low.get(name) ?? 0)) continue
      low.set(name, place.cut)
      counts.add(`${topic === TOPIC ? 'retained' : 'retained_sent'}${kind === 'short' ? '_short' : ''}`)
      if (kind === 'short') short.set(name, topic)
      log.retain(place, place.cut)
    }
  }
  return {
    isShort: (place) => short.has(nameOf(place)),
    isShortIn: (topic) => [...short.values()].includes(topic),
    get isShortAnywhere() {
      return short.size > 0
    },
    pass: async () => {
      for (const [topic, kind] of Object.entries(kinds)) if (kind !== 'none') trim(topic, kind)
      const cuts = await appliedCuts()
      published = [...published.slice(-10), { at: time.now(), cuts }]
    },
  }
}

/** The offset behind the last of the records that are so; 0: none is. */
const behind = (records: readonly Kept[], isSo: (record: Kept) => boolean): number =>
  (records.findLast(isSo)?.offset ?? -1) + 1
