import type { Clock } from '@tidewater/ports'
import type {
  EventLog,
  LogReader,
  LogRecord,
  LogSubscription,
  ReadOptions,
  TopicPartition,
} from '@tidewater/ports'
import { MemoryMember } from './memory-member.ts'
import { createMemoryTopic, newLogPartition, type MemoryTopic } from './memory-topic.ts'

export interface MemorySubscription extends LogSubscription {
  /** The group goes on without this reader, as when its heartbeats are lost; a handler that runs is not waited for. */
  evict(): Promise<void>
}

export interface MemoryEventLog extends EventLog {
  /** As `read`, for a coordinator that must be able to evict a member before it has answered where it starts. */
  join(
    options: ReadOptions,
    reader: LogReader,
  ): { readonly subscription: MemorySubscription; readonly ready: Promise<void> }
  /** Takes offsets of a partition that never hold a record, as markers and aborted transactions do. */
  skip(place: TopicPartition, offsets: number): void
  /** Deletes all records of a partition below `low`, as retention does. */
  retain(place: TopicPartition, low: number): void
}

/** Partitions of a group's topics, dealt to its members in turn. */
const deal = (
  members: readonly MemoryMember[],
  topics: ReadonlyMap<string, MemoryTopic>,
): TopicPartition[][] => {
  const dealt: TopicPartition[][] = members.map(() => [])
  for (const topic of topics.values()) {
    const readers = members.flatMap((m, i) => (m.topics.includes(topic.name) ? [i] : []))
    for (const partition of topic.partitions.keys()) {
      const reader = readers[partition % readers.length]
      if (reader !== undefined) dealt[reader]?.push({ topic: topic.name, partition })
    }
  }
  return dealt
}

/** The log in this process's memory, with consumer groups; nothing survives it and nothing expires by itself. `took` hears of every record. */
export const createMemoryEventLog = (
  clock: Clock,
  took: (place: TopicPartition, record: LogRecord) => void = () => undefined,
): MemoryEventLog => {
  const topics = new Map<string, MemoryTopic>()
  const topicOf = (name: string): MemoryTopic => {
    const found = topics.get(name)
    if (found === undefined) throw new Error(`topic ${name} does not exist`)
    return found
  }
  const groups = createGroups(topics)
  const join: MemoryEventLog['join'] = (options, reader) =>
    groups.join(
      options.group,
      new MemoryMember(options.topics, reader, ({ topic, partition }, from) =>
        topicOf(topic).batch(partition, from, options.maxBytesPerPartition),
      ),
    )
  return {
    join,
    ensureTopics: async (specs) => {
      let added = false
      for (const { topic, partitions, retentionMs } of specs) {
        const known = topics.get(topic)
        if (known !== undefined && known.partitions.length >= partitions) continue
        added = true
        if (known === undefined) topics.set(topic, createMemoryTopic(topic, partitions, retentionMs))
        else while (known.partitions.length < partitions) known.partitions.push(newLogPartition())
      }
      if (added) await groups.rebalanceAll()
    },
    bounds: async (topic) =>
      topicOf(topic).partitions.map(({ low, high }, partition) => ({ partition, low, high })),
    retentionMs: async (topic) => topicOf(topic).retentionMs,
    append: async (topic, records) => {
      const to = topicOf(topic)
      const offsets = records.map((record) => {
        const kept = to.append(record, clock.now())
        took({ topic, partition: record.partition }, kept)
        return kept.offset
      })
      groups.wake(topic)
      return offsets
    },
    read: async (options, reader) => {
      const { subscription, ready } = join(options, reader)
      await ready
      return subscription
    },
    close: () => groups.close(),
    skip: ({ topic, partition }, offsets) => {
      topicOf(topic).skip(partition, offsets)
      groups.wake(topic)
    },
    retain: ({ topic, partition }, low) => topicOf(topic).retain(partition, low),
  }
}

/** The members of every group; rebalances of one group follow each other. */
const createGroups = (topics: ReadonlyMap<string, MemoryTopic>) => {
  const groups = new Map<string, readonly MemoryMember[]>()
  const turns = new Map<string, Promise<void>>()
  const membersOf = (group: string): readonly MemoryMember[] => groups.get(group) ?? []
  const rebalance = (group: string): Promise<void> => {
    const turn = (turns.get(group) ?? Promise.resolve()).then(async () => {
      const members = membersOf(group)
      const dealt = deal(members, topics)
      await Promise.all(members.map((member, i) => member.assign(dealt[i] ?? [])))
    })
    const settled = turn.catch(() => undefined)
    turns.set(group, settled)
    return turn
  }
  const remove = (group: string, member: MemoryMember): Promise<void> => {
    groups.set(
      group,
      membersOf(group).filter((m) => m !== member),
    )
    return rebalance(group)
  }
  return {
    rebalanceAll: async (): Promise<void> => void (await Promise.all([...groups.keys()].map(rebalance))),
    wake: (topic: string): void => {
      for (const members of groups.values()) for (const m of members) if (m.topics.includes(topic)) m.wake()
    },
    join: (group: string, member: MemoryMember): ReturnType<MemoryEventLog['join']> => {
      groups.set(group, [...membersOf(group), member])
      const subscription: MemorySubscription = {
        seek: (place, offset) => member.seek(place, offset),
        pause: (places) => member.pause(places),
        resume: (places) => member.resume(places),
        done: member.done,
        stop: async () => {
          await member.stop()
          await remove(group, member)
        },
        evict: () => {
          member.evict()
          return remove(group, member)
        },
      }
      return { subscription, ready: rebalance(group) }
    },
    close: async (): Promise<void> => {
      const all = [...groups.values()].flat()
      groups.clear()
      await Promise.all(all.map((m) => m.stop()))
    },
  }
}
