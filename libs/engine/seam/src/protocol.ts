import type { TopicPartition } from '@tidewater/ports'
import type { Header, RecordedCut } from './header.ts'
import type { Homes } from './homes.ts'
import { cutAt, cutOf, type Pointer } from './pointer.ts'
import { tallied, uncounted, type Passed } from './tally.ts'

/**
 * The moves of the seam (semantics 2 and 3) as pure functions: header → header. Every move takes a fresh nonce, the new revision.
 * Whoever makes a move writes its result by compare-and-set on the header it was computed from.
 */
export type Refusal =
  /** A cut of this or a higher number stands already. */
  | 'stale'
  /** The newest durable generation is not registered here, so no cut may be recorded (C3). */
  | 'unregistered'
  /** The generation's cut contradicts what this store recorded: the generation is dropped and recomputed. */
  | 'conflict'

export type Move =
  | { readonly kind: 'moved'; readonly header: Header }
  /** It is so already; nothing to write. */
  | { readonly kind: 'same'; readonly header: Header }
  | { readonly kind: 'refused'; readonly reason: Refusal }

const moved = (header: Header): Move => ({ kind: 'moved', header })
const refused = (reason: Refusal): Move => ({ kind: 'refused', reason })

/** What is known of a partition that gets its first header. */
export interface Found extends Homes {
  /** Offset the next record will get, asked after the header was found missing. */
  readonly end: number
}

/**
 * The first header of a partition in this store: state and carry begin at the newest durable generation's cut, and answers are
 * short until what the log holds beyond it is applied. The generation counts as registered at once only where it holds nothing
 * to load (cut 0).
 */
export const seedHeader = (
  newest: Pointer,
  place: TopicPartition,
  { end, partitions, strayed }: Found,
  nonce: string,
): Header => {
  const cut = cutOf(newest, place)
  const id = cut === 0 ? newest.id : null
  return {
    revision: nonce,
    stateRevision: nonce,
    token: '',
    nextOffset: cut,
    floor: newest.number,
    cuts: [{ number: newest.number, id, cut }],
    since: {},
    maxEventTime: null,
    lastAppended: 0,
    strayed,
    loaded: id,
    carried: cut === 0 ? null : 0,
    partitions,
    rebuildTo: end > cut ? end : null,
    halted: null,
    missing: false,
    tally: cutAt(newest, place)?.tally ?? uncounted(cut),
  }
}

/** A worker takes the partition: commits of every other token are refused from now on. */
export const own = (header: Header, token: string, nonce: string): Header => ({
  ...header,
  token,
  halted: null,
  revision: nonce,
  stateRevision: nonce,
})

export interface Progress {
  readonly nextOffset: number
  readonly maxEventTime: number | null
  readonly lastAppended: number
  readonly carried: number | null
  /** Every fingerprint this worker maintains; all others lose their `since` (C5). */
  readonly fingerprints: readonly string[]
  /** The records among them. */
  readonly passed: Passed
  readonly sent?: Header['sent']
}

/** The header that goes with a commit of state: records [header.nextOffset, progress.nextOffset) are applied. */
export const commitHeader = (header: Header, progress: Progress, nonce: string): Header => ({
  ...header,
  revision: nonce,
  stateRevision: nonce,
  nextOffset: progress.nextOffset,
  maxEventTime: progress.maxEventTime,
  lastAppended: progress.lastAppended,
  carried: progress.carried,
  rebuildTo: header.rebuildTo !== null && progress.nextOffset < header.rebuildTo ? header.rebuildTo : null,
  tally: tallied(header.tally, progress.nextOffset - header.nextOffset, progress.passed),
  sent: progress.sent,
  since: Object.fromEntries(progress.fingerprints.map((f) => [f, header.since[f] ?? header.nextOffset])),
})

/**
 * C1: the cut of generation `number` is here and now; refused until `newest` is registered (C3; the caller has looked at the
 * pointer). Null: the newest one does not name this partition, so there is nothing of it to wait for.
 */
export const recordCut = (
  header: Header,
  request: {
    readonly number: number
    readonly newest: { readonly number: number; readonly id: string } | null
  },
  nonce: string,
): Move => {
  const known = header.cuts.find((c) => c.number === request.number)
  if (known !== undefined) return { kind: 'same', header }
  if (header.cuts.some((c) => c.number > request.number)) return refused('stale')
  const { newest } = request
  const registered =
    newest === null || header.cuts.some((c) => c.number === newest.number && c.id === newest.id)
  // below the floor it can never be used here again: a higher one is the only way on
  if (!registered && header.floor <= newest.number) return refused('unregistered')
  const cut = Math.max(header.nextOffset, ...header.cuts.map((c) => c.cut))
  return moved({
    ...header,
    revision: nonce,
    cuts: [
      ...header.cuts,
      {
        number: request.number,
        id: null,
        cut,
        ...(cut === header.nextOffset ? { tally: header.tally } : {}),
      },
    ],
  })
}

export interface Registered {
  readonly number: number
  readonly id: string
  readonly cut: number
  /** Strays of this partition may be below its cuts: a store that lost its tail may have lost their mark. */
  readonly strayed: boolean
  /** Fingerprints of views whose part whoever registers could not load. */
  readonly lacks: readonly string[]
}

/** Names the generation that stands for its number here, or that more of it is here. Its batch part must be loaded before (R2). */
export const register = (header: Header, generation: Registered, nonce: string): Move => {
  const { number, id, cut } = generation
  const known = header.cuts.find((c) => c.number === number)
  const isNamed = known?.id === id && known.cut === cut
  const before = isNamed ? (known.lacks ?? []) : generation.lacks
  const lacks = generation.lacks.filter((fingerprint) => before.includes(fingerprint))
  if (isNamed && lacks.length === before.length) return { kind: 'same', header }
  if (number < header.floor) return refused('stale')
  if (known !== undefined && known.cut !== cut) return refused('conflict')
  if (known === undefined && !fits(header, number, cut)) return refused('conflict')
  const named: RecordedCut = lacks.length === 0 ? { number, id, cut } : { number, id, cut, lacks }
  const cuts = [...header.cuts.filter((c) => c.number !== number), named].sort((a, b) => a.number - b.number)
  const strayed = header.strayed || generation.strayed
  return moved({ ...header, revision: nonce, stateRevision: nonce, cuts, strayed, loaded: id })
}

/** A cut this store never recorded (its tail was lost) fits if nothing here lies beyond it and cuts stay ordered as numbers are. */
const fits = (header: Header, number: number, cut: number): boolean =>
  header.nextOffset <= cut && header.cuts.every((c) => (c.number < number ? c.cut <= cut : c.cut >= cut))

/** Takes a dropped generation's name back, so that its batch part may be deleted. Its recorded cut stands. */
export const unregister = (
  header: Header,
  generation: { readonly number: number; readonly id: string },
  nonce: string,
): Move => {
  const { number, id } = generation
  if (!header.cuts.some((c) => c.number === number && c.id === id)) return { kind: 'same', header }
  const cuts = header.cuts.map((c) => (c.number === number ? { ...c, id: null } : c))
  return moved({ ...header, revision: nonce, stateRevision: nonce, cuts })
}

/** Ends all slices below `number`; the floor rises before anything is deleted (R2). */
export const retire = (header: Header, number: number, nonce: string): Move => {
  if (header.floor >= number) return { kind: 'same', header }
  if (!header.cuts.some((c) => c.number === number && c.id !== null)) return refused('unregistered')
  const cuts: readonly RecordedCut[] = header.cuts.filter((c) => c.number >= number)
  return moved({ ...header, revision: nonce, stateRevision: nonce, floor: number, cuts })
}

/** Marks that readers of a key at home here must look at every partition. State stays valid, so stateRevision stays. */
export const markStrayed = (header: Header, nonce: string): Move =>
  header.strayed ? { kind: 'same', header } : moved({ ...header, revision: nonce, strayed: true })

/** Changes nothing but the moment: who expects it afterwards expects all that the store was told before. */
export const renew = (header: Header, nonce: string): Header => ({
  ...header,
  revision: nonce,
  stateRevision: nonce,
})

/** Says in every answer that records are lost for good which state is about to pass over. State stays valid, so stateRevision stays. */
export const markMissing = (header: Header, nonce: string): Move =>
  header.missing ? { kind: 'same', header } : moved({ ...header, revision: nonce, missing: true })

/** Says in every answer that the partition stands still, until somebody takes it anew. State stays valid, so stateRevision stays. */
export const halt = (header: Header, why: string, nonce: string): Move =>
  header.halted === why ? { kind: 'same', header } : moved({ ...header, revision: nonce, halted: why })

/**
 * The topic has more partitions now, so keys have other homes; a worker that still tells them by the old number is refused. All
 * headers of the topic are marked as strayed before the first of them grows.
 */
export const grow = (header: Header, partitions: number, nonce: string): Move =>
  header.partitions >= partitions
    ? { kind: 'same', header }
    : moved({ ...header, revision: nonce, stateRevision: nonce, partitions, strayed: true })
