import type { LogBounds, LogReader, TopicPartition } from '@tidewater/ports'
import type { Consumer } from 'kafkajs'
import { ignoreUnheard } from './kafka-error.ts'
import { type Ownership, type Position, byTopic, lostBetween, placeKey, placesOf } from './ownership.ts'
import type { Settled } from './settled.ts'

/** One reader's membership of a group, over all its rebalances. */
export interface Member {
  readonly consumer: Consumer
  readonly reader: LogReader
  readonly bounds: (topic: string) => Promise<readonly LogBounds[]>
  readonly ended: Settled
  owned: Ownership
  stopping: Promise<void> | null
}

/** Leaves the group once; resolves when no handler runs any more. */
export const leave = (member: Member): Promise<void> => {
  member.stopping ??= member.consumer.disconnect().finally(() => {
    const lost = placesOf(member.owned)
    member.owned = new Map()
    if (lost.length > 0) member.reader.revoked(lost)
  })
  return member.stopping
}

/** Ends the reader for good; its `done` rejects with the cause. */
export const fail = (member: Member, cause: unknown): void => {
  member.ended.reject(cause)
  leave(member).catch(ignoreUnheard)
}

export const seek = (member: Member, position: Position, offset: number): void => {
  position.expected = offset
  position.moves++
  member.consumer.seek({ ...position.place, offset: String(offset) })
}

/** A seek for a partition that is not ours would stay queued in kafkajs and rewind a later owner: it is left out. */
export const seekOwned = (member: Member, { topic, partition }: TopicPartition, offset: number): void => {
  const position = member.owned.get(placeKey(topic, partition))
  if (position !== undefined) seek(member, position, offset)
}

/** The places we own among those given, now marked. */
export const mark = (
  member: Member,
  places: readonly TopicPartition[],
  paused: Position['paused'],
): readonly TopicPartition[] =>
  places.filter(({ topic, partition }) => {
    const position = member.owned.get(placeKey(topic, partition))
    if (position !== undefined) position.paused = paused
    return position !== undefined
  })

/**
 * A rebalance is over. Runs synchronously up to the pause, so nothing is fetched from where kafkajs thinks we are;
 * then the reader says where each partition starts.
 */
export const joined = async (member: Member, now: Ownership): Promise<void> => {
  const places = placesOf(now)
  member.consumer.pause(byTopic(places))
  const lost = lostBetween(member.owned, now)
  member.owned = now
  if (lost.length > 0) member.reader.revoked(lost)
  const starts = await member.reader.assigned(places)
  if (member.owned !== now || member.stopping !== null) return
  places.forEach(({ topic, partition }, i) => {
    const position = now.get(placeKey(topic, partition))
    const start = starts[i] ?? null
    // sought meanwhile: that is the later word
    if (position?.expected === null && start !== null) seek(member, position, start)
  })
  const ready = [...now.values()].filter(({ expected, paused }) => expected !== null && !paused)
  member.consumer.resume(byTopic(ready.map(({ place }) => place)))
}
