import type { TopicPartition } from '@tidewater/ports'

/** Where we are in a partition we own. `expected` is null until the reader has said where to start. */
export interface Position {
  readonly place: TopicPartition
  expected: number | null
  /** Raised by every seek: a batch that was being handled meanwhile no longer says where to go on. */
  moves: number
  /** By the reader: what a fetch under way still brings is dropped, and fetched again later. */
  paused: boolean
}

/** The partitions of one membership. A rebalance replaces all of it, so whatever belongs to an older one is told by `===`. */
export type Ownership = ReadonlyMap<string, Position>

export const placeKey = (topic: string, partition: number): string => `${topic}/${partition}`

export const ownershipOf = (assignment: Readonly<Record<string, readonly number[]>>): Ownership => {
  const owned = new Map<string, Position>()
  for (const topic of Object.keys(assignment).sort()) {
    for (const partition of [...(assignment[topic] ?? [])].sort((a, b) => a - b)) {
      owned.set(placeKey(topic, partition), {
        place: { topic, partition },
        expected: null,
        moves: 0,
        paused: false,
      })
    }
  }
  return owned
}

export const placesOf = (owned: Ownership): readonly TopicPartition[] =>
  [...owned.values()].map(({ place }) => place)

/** What `before` had and `after` has not. */
export const lostBetween = (before: Ownership, after: Ownership): readonly TopicPartition[] =>
  [...before].filter(([key]) => !after.has(key)).map(([, { place }]) => place)

/** kafkajs' shape for pause and resume. */
export const byTopic = (places: readonly TopicPartition[]): { topic: string; partitions: number[] }[] => {
  const topics = new Map<string, number[]>()
  for (const { topic, partition } of places) topics.set(topic, [...(topics.get(topic) ?? []), partition])
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }))
}
