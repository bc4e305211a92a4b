import { floorTo, PlatformError } from '@tidewater/base'
import type { GenerationRecord, SeenChunk, StateStore, StoredGroup, TopicPartition } from '@tidewater/ports'
import {
  decodeHeader,
  encodeHeader,
  ensureGenesis,
  protocol,
  resend,
  type Header,
  type SeedPorts,
  type Sender,
} from '@tidewater/seam'
import { HOUR_MS } from './seen-journal.ts'
import { sendersOf, type SpeedSource } from './speed-source.ts'

/*
 * What happens when a partition changes hands. The log's group gives it to another worker and tells the old one (`revoked`: its
 * lane closes, what is not committed is dropped) or, when it hangs, cannot. The new one makes sure that headers exist, writes
 * its token into the partition's (below), and by that refuses every later commit of the old one, whose next answer says `fenced`.
 * It then loads the ids seen, and the log is read on from the header's `nextOffset`: state and offset were committed together,
 * so nothing is lost and nothing counts twice. Groups are fetched when a record needs them. `lane-state.ts` has the states.
 */

/** Later than any hour of append time, ms. */
const ALL_HOURS = Number.MAX_SAFE_INTEGER

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
const takePartition = async (
  ports: TakePorts,
  place: TopicPartition,
  senders: readonly Sender[],
): Promise<Owned> => {
  const { store, nonce, newest } = ports
  await ensureGenesis(ports, [place], await newest())
  const token = nonce()
  let stored = await store.header(place)
  for (;;) {
    if (stored === null) throw lostMeanwhile(place)
    const owned = protocol.own(decodeHeader(stored), token, nonce())
    const { header, clears } = resend(owned, senders, nonce())
    const bytes = encodeHeader(header)
    const commit = { expected: stored, next: bytes, clears, writes: [], seen: [] }
    // what is read again for a stream is judged again from its beginning, as if no id had been seen
    const result = await store.commit(
      place,
      header.carried === owned.carried ? commit : { ...commit, forgetBefore: ALL_HOURS },
    )
    if (result.kind === 'incomplete')
      throw new Error('a header move without requirements cannot be incomplete')
    if (result.kind !== 'conflict') return { header, bytes }
    stored = result.header
  }
}

/** What is stored beside a header for the task alone: ids seen, and the states of operators in the order asked. */
export interface Carry {
  readonly seen: readonly SeenChunk[]
  readonly operators: readonly (readonly StoredGroup[])[]
}

export interface Taken {
  readonly owned: Owned
  readonly carry: Carry
}

/** Takes a partition and loads what its task begins with; null: somebody else took it meanwhile. */
export const takeWithCarry = async (
  ports: TakePorts,
  place: TopicPartition,
  source: SpeedSource,
  operators: readonly string[],
): Promise<Taken | null> => {
  const { header } = await takePartition(ports, place, sendersOf(source))
  const since = floorTo(header.lastAppended - source.horizonMs, HOUR_MS)
  return loadCarry(ports.store, place, header, since, operators)
}

/**
 * Only the owner of a partition changes it, so all of it is as it is under the header read last, if that is the owner's still:
 * whatever else moved the header meanwhile. Null: it is another's.
 */
const loadCarry = async (
  store: Pick<StateStore, 'seen' | 'read'>,
  place: TopicPartition,
  mine: Pick<Header, 'token'>,
  since: number,
  operators: readonly string[],
): Promise<Taken | null> => {
  const { header, chunks: seen } = await store.seen(place, since)
  const read =
    operators.length === 0
      ? { header, parts: [] }
      : await store.read(
          place,
          operators.map((fingerprint) => ({ fingerprint, generation: null, select: { kind: 'all' } })),
        )
  const bytes = read.header
  const found = bytes === null ? null : decodeHeader(bytes)
  if (bytes === null || found?.token !== mine.token) return null
  return { owned: { header: found, bytes }, carry: { seen, operators: read.parts.map(({ speed }) => speed) } }
}

/** Only a cut, a stray mark or a halt may lie between them: what is in memory is valid under both. */
export const sameState = (a: Header, b: Header): boolean =>
  a.token === b.token && a.stateRevision === b.stateRevision

/** Why a worker's commit was refused by another state: the store lost its tail, another worker took over, or a generation moved. */
export const whyRefused = (mine: Header, found: Header | null): 'rewound' | 'fenced' | 'reloaded' => {
  if (found === null || found.nextOffset < mine.nextOffset) return 'rewound'
  return found.token === mine.token ? 'reloaded' : 'fenced'
}

export const takenMeanwhile = ({ topic, partition }: TopicPartition): PlatformError =>
  new PlatformError(
    'UNAVAILABLE',
    `another worker took ${topic}/${partition} while this one was starting on it`,
    'it is taken again if it is still ours',
  )

const lostMeanwhile = ({ topic, partition }: TopicPartition): PlatformError =>
  new PlatformError(
    'UNAVAILABLE',
    `the state store lost ${topic}/${partition} while it was taken`,
    'it is taken again by itself',
  )

/** Where reading begins: at `nextOffset`, or earlier while the seen ids of a lost store are collected again. */
export const startOf = (header: Header): number => header.carried ?? header.nextOffset
