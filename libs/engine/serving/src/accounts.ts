import { decodeHeader, uncounted } from '@tidewater/seam'
import type { ServingPorts } from './serving-ports.ts'
import { eventsRead, topicOf } from 'tidewater'
import type { Catalog } from 'tidewater'

/** Where the records of an event are: each is in exactly one of these (semantics L9). */
export interface Account {
  readonly event: string
  /** Records the log took; null, as `waiting`: it does not answer. */
  readonly accepted: number | null
  readonly applied: number
  /** Copies, within the horizon, of a record that is applied. */
  readonly duplicate: number
  readonly dead: number
  /** Not yet read by the speed layer. */
  readonly waiting: number | null
  /** Passed by a worker that did not count yet. */
  readonly uncounted: number
  /** accepted = applied + duplicate + dead + waiting + uncounted. Anything else is a fault of the platform. */
  readonly balanced: boolean
}

/** The account of every event that the speed layer reads. */
export const accountsOf = (ports: ServingPorts, catalog: Catalog): Promise<readonly Account[]> => {
  const events = eventsRead(catalog).map(({ name }) => [topicOf(name), name] as const)
  return Promise.all(events.sort().map(([topic, event]) => accountOf(ports, topic, event)))
}

/**
 * Counts stand in a partition's header beside the offset they are of, and come from looking at each record; where the log ends is
 * said by the log. So they add up at every read, also while records come in and after any crash.
 */
const accountOf = async (
  { store, partitions }: ServingPorts,
  topic: string,
  event: string,
): Promise<Account> => {
  const { byPartition, isCurrent } = await partitions.ends(topic)
  const count = await partitions.count(topic)
  const sum = { applied: 0, duplicate: 0, dead: 0, waiting: 0, uncounted: 0 }
  let accepted = 0
  for (let partition = 0; partition < count; partition++) {
    const stored = await store.header({ topic, partition })
    const header = stored === null ? null : decodeHeader(stored)
    const nextOffset = header?.nextOffset ?? 0
    const tally = header?.tally ?? uncounted(0)
    // Asked before the header, the log's end may be behind what is applied by now.
    const end = Math.max(byPartition.get(partition)?.high ?? 0, nextOffset)
    accepted += end - tally.absent
    sum.applied += tally.applied
    sum.duplicate += tally.duplicate
    sum.dead += tally.dead
    sum.uncounted += tally.from
    sum.waiting += end - nextOffset
  }
  const balanced = accepted === Object.values(sum).reduce((a, b) => a + b, 0)
  return isCurrent ? { event, accepted, ...sum, balanced } : { event, ...sum, ...UNKNOWN, balanced }
}

const UNKNOWN = { accepted: null, waiting: null }
