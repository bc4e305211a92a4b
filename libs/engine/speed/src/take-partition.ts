import { PlatformError } from '@tidewater/base'
import { type GenerationRecord, type TopicPartition } from '@tidewater/ports'
import {
  decodeHeader,
  encodeHeader,
  ensureGenesis,
  protocol,
  type Header,
  type SeedPorts,
} from '@tidewater/seam'

/** A header as this worker wrote it. */
export interface Owned {
  readonly header: Header
  /** The header's stored bytes. */
  readonly bytes: Uint8Array
}

export interface TakePorts extends SeedPorts {
  /** The newest durable generation: where a partition begins in a store that does not know it. */
  readonly newest: () => Promise<GenerationRecord | null>
}

/**
 * Writes a fresh token into the partition's header: commits of every earlier owner are refused from now on. Headers are there,
 * and know how many partitions the topic has, before: homes of keys are told by them.
 */
export const takePartition = async (ports: TakePorts, place: TopicPartition): Promise<Owned> => {
  const { store, nonce, newest } = ports
  await ensureGenesis(ports, [place], await newest())
  const token = nonce()
  let stored = await store.header(place)
  for (;;) {
    if (stored === null) throw lostMeanwhile(place)
    const header = protocol.own(decodeHeader(stored), token, nonce())
    const bytes = encodeHeader(header)
    const result = await store.commit(place, { expected: stored, next: bytes, writes: [], seen: [] })
    if (result.kind === 'incomplete')
      throw new Error('a header move without requirements cannot be incomplete')
    if (result.kind !== 'conflict') return { header, bytes }
    stored = result.header
  }
}

const lostMeanwhile = ({ topic, partition }: TopicPartition): PlatformError =>
  new PlatformError(
    'UNAVAILABLE',
    `the state store lost ${topic}/${partition} while it was taken`,
    'it is taken again by itself',
  )
