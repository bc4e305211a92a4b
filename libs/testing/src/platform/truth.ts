import type { Machine, Row, State } from '@tidewater/plan'
import type { OffsetVector, ServedRow } from '@tidewater/ports'

/** A valid event of the log, with the id that tells copies. */
export interface LoggedEvent {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly id: string
  readonly row: Row
}

/** What an exact answer is at these offsets: every group of a view by adding records one after the other, each id once. */
export const truthAt = (
  events: readonly LoggedEvent[],
  machine: Machine,
  offsets: OffsetVector,
  asOf: number,
): readonly ServedRow[] =>
  [...statesBelow(events, machine, offsets).values()].flatMap(({ bucket, key, state }) => {
    const measures = machine.present(state, asOf)
    if (measures === null) return []
    const windowed = machine.view.window !== null
    const [start, end] = windowed ? [bucket, machine.bucketEnd(bucket)] : [null, null]
    return [{ keys: machine.presentKeys(key), start, end, measures }]
  })

interface Group {
  readonly bucket: number
  readonly key: string
  readonly state: State
}

const statesBelow = (
  events: readonly LoggedEvent[],
  machine: Machine,
  offsets: OffsetVector,
): ReadonlyMap<string, Group> => {
  const groups = new Map<string, Group>()
  const seen = new Set<string>()
  for (const { topic, partition, offset, id, row } of events) {
    const below = offsets.find((place) => place.topic === topic && place.partition === partition)?.next ?? 0
    const sent = `${topic}/${partition}/${id}`
    if (offset >= below || seen.has(sent)) continue
    seen.add(sent)
    const key = machine.keyOf(row)
    if (key === null) continue
    const bucket = machine.bucketOf(row)
    const name = `${key}@${bucket}`
    const group = groups.get(name) ?? { bucket, key, state: machine.zero() }
    groups.set(name, group)
    machine.add(group.state, row, partition, offset)
  }
  return groups
}
