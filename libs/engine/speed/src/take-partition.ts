import { must } from '@tidewater/base'
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

/** Writes a fresh token into the partition's header, creating the header where there is none: earlier owners are fenced off. */
export const takePartition = async (ports: TakePorts, place: TopicPartition): Promise<Owned> => {
  const { store, nonce, newest } = ports
  let stored = await store.header(place)
  if (stored === null) {
    await ensureGenesis(ports, [place], await newest())
    stored = await store.header(place)
  }
  const token = nonce()
  for (;;) {
    const found = must(stored, `header of ${place.topic}/${place.partition}`)
    const header = protocol.own(decodeHeader(found), token, nonce())
    const bytes = encodeHeader(header)
    const result = await store.commit(place, { expected: found, next: bytes, writes: [], seen: [] })
    if (result.kind === 'incomplete')
      throw new Error('a header move without requirements cannot be incomplete')
    if (result.kind !== 'conflict') return { header, bytes }
    stored = result.header
  }
}
