import { setTimeout as sleep } from 'node:timers/promises'
import { PlatformError } from '@tidewater/base'
import type { LogBounds, TopicSpec } from '@tidewater/ports'
import kafkajs from 'kafkajs'
import type { Admin } from 'kafkajs'

const { ConfigResourceTypes } = kafkajs

const TIMESTAMP_TYPE = 'message.timestamp.type'
const RETENTION = 'retention.ms'
const APPEND_TIME = 'LogAppendTime'
const MAX_SEGMENT_MS = 24 * 3_600_000

/** Creates what is missing and refuses a topic whose records would not carry the broker's append time (semantics I2). */
export const ensureTopics = async (
  admin: Admin,
  specs: readonly TopicSpec[],
  replication: number,
): Promise<void> => {
  const present = new Set(await admin.listTopics())
  const missing = specs.filter((spec) => !present.has(spec.topic))
  if (missing.length > 0) await whenLed(() => create(admin, missing, replication))
  const old = specs.filter((spec) => present.has(spec.topic))
  if (old.length > 0) await whenLed(() => check(admin, old))
}

const create = async (admin: Admin, specs: readonly TopicSpec[], replication: number): Promise<void> => {
  // `false` means that another process created it between our look and now: `check` runs at its next start.
  await admin.createTopics({
    waitForLeaders: true,
    topics: specs.map((spec) => ({
      topic: spec.topic,
      numPartitions: spec.partitions,
      replicationFactor: replication,
      configEntries: [
        { name: TIMESTAMP_TYPE, value: APPEND_TIME },
        { name: RETENTION, value: String(spec.retentionMs) },
        // Retention drops whole segments only, so a quiet topic must still roll.
        { name: 'segment.ms', value: String(segmentMs(spec.retentionMs)) },
      ],
    })),
  })
}

const segmentMs = (retentionMs: number): number =>
  retentionMs < 0
    ? 7 * MAX_SEGMENT_MS
    : Math.max(60_000, Math.min(MAX_SEGMENT_MS, Math.floor(retentionMs / 4)))

const check = async (admin: Admin, specs: readonly TopicSpec[]): Promise<void> => {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: specs.map((spec) => ({
      type: ConfigResourceTypes.TOPIC,
      name: spec.topic,
      configNames: [TIMESTAMP_TYPE],
    })),
  })
  for (const resource of resources) {
    const kind = resource.configEntries.find((entry) => entry.configName === TIMESTAMP_TYPE)?.configValue
    if (kind === APPEND_TIME) continue
    throw new PlatformError(
      'BAD_CONFIG',
      `Topic ${resource.resourceName} has ${TIMESTAMP_TYPE}=${kind ?? 'unknown'}; duplicates are told by the broker's append time`,
      `kafka-configs --alter --topic ${resource.resourceName} --add-config ${TIMESTAMP_TYPE}=${APPEND_TIME}`,
      resource.resourceName,
    )
  }
}

export const boundsOf = async (admin: Admin, topic: string): Promise<readonly LogBounds[]> => {
  // kafkajs would look for a missing topic for ten seconds first.
  if (!(await admin.listTopics()).includes(topic)) {
    throw new PlatformError(
      'UNAVAILABLE',
      `Kafka has no topic ${topic}`,
      'it is created when the platform starts',
      topic,
    )
  }
  const offsets = await whenLed(() => admin.fetchTopicOffsets(topic))
  return offsets
    .map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }))
    .sort((a, b) => a.partition - b.partition)
}

/** ms; -1: for ever, or by size only. */
export const retentionOf = async (admin: Admin, topic: string): Promise<number> => {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: [RETENTION] }],
  })
  const entries = resources.flatMap(({ configEntries }) => configEntries)
  return Number(entries.find(({ configName }) => configName === RETENTION)?.configValue ?? -1)
}

/** What a broker answers in the moment in which a partition, just created or just moved, has no leader that it knows of. */
const LEADERLESS = new Set([
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'REPLICA_NOT_AVAILABLE',
  'UNKNOWN_TOPIC_OR_PARTITION',
])
const LEADER_TRIES = 20
const LEADER_PAUSE_MS = 250

/** kafkajs gives up on these at once, so they are asked again here. */
const whenLed = async <T>(question: () => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await question()
    } catch (error) {
      const type = error instanceof Error && 'type' in error ? String(error.type) : ''
      if (!LEADERLESS.has(type) || attempt === LEADER_TRIES) throw error
      await sleep(LEADER_PAUSE_MS)
    }
  }
}
