import type { Clock } from '@tidewater/ports'
import type { EventLog, LogReader, LogSubscription, ReadOptions, TopicPartition } from '@tidewater/ports'
import { MemoryMember } from './memory-member.ts'
import { createMemoryTopic, type MemoryTopic } from './memory-topic.ts'

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

/** The log in this process's memory, with consumer groups; nothing survives it and nothing ever expires. */
export const createMemoryEventLog = (clock: Clock): EventLog => {
  const topics = new Map<string, MemoryTopic>()
  const groups = new Map<string, MemoryMember[]>()
  /** Rebalances of one group follow each other. */
  const turns = new Map<string, Promise<void>>()
  const topicOf = (name: string): MemoryTopic => {
    const found = topics.get(name)
    if (found === undefined) throw new Error(`topic ${name} does not exist`)
    return found
  }
  const rebalance = (group: string): Promise<void> => {
    const turn = (turns.get(group) ?? Promise.resolve()).then(async () => {
      const members = groups.get(group) ?? []
      const dealt = deal(members, topics)
      await Promise.all(members.map((member, i) => member.assign(dealt[i] ?? [])))
    })
    const settled = turn.catch(() => undefined)
    turns.set(group, settled)
    return turn
  }
  const read = async (options: ReadOptions, reader: LogReader): Promise<LogSubscription> => {
    const member = new MemoryMember(options.topics, reader, ({ topic, partition }, from) =>
      topicOf(topic).batch(partition, from, options.maxBytesPerPartition),
    )
    groups.set(options.group, [...(groups.get(options.group) ?? []), member])
    await rebalance(options.group)
    return {
      seek: (place, offset) => member.seek(place, offset),
      pause: (places) => member.pause(places),
      resume: (places) => member.resume(places),
      done: member.done,
      stop: async () => {
        await member.stop()
        groups.set(
          options.group,
          (groups.get(options.group) ?? []).filter((m) => m !== member),
        )
        await rebalance(options.group)
      },
    }
  }
  return {
    ensureTopics: async (specs) => {
      let added = false
      for (const { topic, partitions, retentionMs } of specs) {
        const known = topics.get(topic)
        if (known !== undefined && known.partitions.length >= partitions) continue
        added = true
        if (known === undefined) topics.set(topic, createMemoryTopic(topic, partitions, retentionMs))
        else for (let p = known.partitions.length; p < partitions; p++) known.partitions.push([])
      }
      if (added) await Promise.all([...groups.keys()].map(rebalance))
    },
    bounds: async (topic) =>
      topicOf(topic).partitions.map((records, partition) => ({ partition, low: 0, high: records.length })),
    retentionMs: async (topic) => topicOf(topic).retentionMs,
    append: async (topic, records) => {
      const to = topicOf(topic)
      const offsets = records.map((record) => to.append(record, clock.now()))
      for (const members of groups.values()) for (const m of members) if (m.topics.includes(topic)) m.wake()
      return offsets
    },
    read,
    close: async () => {
      const all = [...groups.values()].flat()
      groups.clear()
      await Promise.all(all.map((m) => m.stop()))
    },
  }
}
