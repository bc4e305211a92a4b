import type { TopicPartition } from '@tidewater/ports'

/**
 * Every key of the state store. All keys of a partition carry its tag in braces, so they share one slot of a cluster:
 * `tw:{event.sale:3}:speed:<fingerprint>:<window start>` field key text → value.
 */
const tag = ({ topic, partition }: TopicPartition): string => `tw:{${topic}:${partition}}`

export const headerKey = (place: TopicPartition): string => `${tag(place)}:header`
/** Prefix of the hashes of one view; the window start follows. */
export const speedPrefix = (place: TopicPartition, fingerprint: string): string =>
  `${tag(place)}:speed:${fingerprint}:`
/** Window starts that have a hash; only 0 for a view without window. */
export const bucketsKey = (place: TopicPartition, fingerprint: string): string =>
  `${tag(place)}:buckets:${fingerprint}`
/** Of every partition and view. */
export const BUCKETS_PATTERN = 'tw:{*}:buckets:*'
export const fingerprintOfBucketsKey = (key: string): string => key.slice(key.lastIndexOf(':') + 1)
export const batchKey = (place: TopicPartition, generation: string, fingerprint: string): string =>
  `${tag(place)}:batch:${generation}:${fingerprint}`
/** Names of the chunks of seen ids, by the hour of append time: '3600000', '3600000.1', … */
export const seenIndexKey = (place: TopicPartition): string => `${tag(place)}:seen`
export const seenPrefix = (place: TopicPartition): string => `${tag(place)}:seen:`
export const seenKey = (place: TopicPartition, chunk: string): string => `${seenPrefix(place)}${chunk}`
export const POINTER_KEY = 'tw:pointer'
export const workerKey = (name: string): string => `tw:worker:${name}`
export const WORKER_PATTERN = 'tw:worker:*'
export const channelKey = (channel: string): string => `tw:notify:${channel}`
