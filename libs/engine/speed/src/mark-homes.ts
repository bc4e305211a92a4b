import type { CommitResult, TopicPartition } from '@tidewater/ports'
import { encodeHeader, markStrayed, protocol, type SeedPorts } from '@tidewater/seam'
import type { Owned } from './partition-handover.ts'

type Marked =
  | { readonly kind: 'marked'; readonly owned: Owned }
  /** Somebody else has moved the header meanwhile. */
  | Extract<CommitResult, { readonly kind: 'conflict' }>

/**
 * Marks the homes of keys that were found in `place`, then writes the header of `place` anew. A store that loses its tail keeps
 * what came first: with the marks it loses the header that the next commit expects, so that none succeeds without them.
 */
export const markHomes = async (
  { store, nonce }: Pick<SeedPorts, 'store' | 'nonce'>,
  place: TopicPartition,
  homes: readonly number[],
  { header, bytes }: Owned,
): Promise<Marked> => {
  await Promise.all(homes.map((partition) => markStrayed(store, { topic: place.topic, partition }, nonce)))
  const next = protocol.renew(header, nonce())
  const owned: Owned = { header: next, bytes: encodeHeader(next) }
  const result = await store.commit(place, { expected: bytes, next: owned.bytes, writes: [], seen: [] })
  return result.kind === 'conflict' ? result : { kind: 'marked', owned }
}
