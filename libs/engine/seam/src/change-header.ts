import { PlatformError } from '@tidewater/base'
import type { Nonce, TopicPartition } from '@tidewater/ports'
import { decodeHeader, encodeHeader, type Header } from './header.ts'
import { decodePointer, encodePointer, namesPlace, pointerOf, type Pointer } from './pointer.ts'
import * as protocol from './protocol.ts'
import type { Move, Refusal } from './protocol.ts'
import type { BatchCount, StateStore } from '@tidewater/ports'
import type { GenerationRecord } from '@tidewater/ports'

export type Change =
  | { readonly kind: 'done'; readonly header: Header }
  /** `absent`: no header. `incomplete`: the batch part is not all there (any more): load it again. */
  | {
      readonly kind: 'refused'
      readonly reason: Refusal | 'absent' | 'incomplete'
      readonly place: TopicPartition
    }

/** A worker commits a few times a second; losing this often in a row means that something else is wrong. */
const ATTEMPTS = 50

/** Reads a header, makes a move and writes it by compare-and-set, again while somebody else is faster. */
export const changeHeader = async (
  store: StateStore,
  place: TopicPartition,
  move: (header: Header) => Move,
  requires: readonly BatchCount[] = [],
): Promise<Change> => {
  let stored = await store.header(place)
  for (let i = 0; i < ATTEMPTS; i++) {
    if (stored === null) return { kind: 'refused', reason: 'absent', place }
    const made = move(decodeHeader(stored))
    if (made.kind === 'refused') return { ...made, place }
    if (made.kind === 'same') return { kind: 'done', header: made.header }
    const next = encodeHeader(made.header)
    const result = await store.commit(place, { expected: stored, next, writes: [], seen: [], requires })
    if (result.kind === 'incomplete') return { kind: 'refused', reason: 'incomplete', place }
    if (result.kind !== 'conflict') return { kind: 'done', header: made.header }
    stored = result.header
  }
  throw new PlatformError(
    'UNAVAILABLE',
    `the header of ${place.topic}/${place.partition} never stood still`,
    'try again',
  )
}

/**
 * Records the cut of generation `number` on one partition (C1, C3); answers a header that holds it.
 * Refused until `newest`, the newest durable generation (null: none yet), is registered here and is what readers use. That it never
 * can be where a partition is beyond it (`isPast`): its floor is of a higher one, which was dropped since.
 */
export const recordCut = async (
  store: StateStore,
  place: TopicPartition,
  request: { readonly number: number; readonly newest: GenerationRecord | null; readonly isPast: boolean },
  nonce: Nonce,
): Promise<Change> => {
  const newest = pointerOf(request.newest)
  const pointer = await readPointer(store)
  // a pointer to a higher number names a generation that was dropped since: only a new one can follow it
  const isPast = request.isPast || (pointer?.number ?? -1) > newest.number
  if (pointer?.id !== newest.id && !isPast) return { kind: 'refused', reason: 'unregistered', place }
  const known = namesPlace(newest, place) ? newest : null
  return changeHeader(store, place, (h) =>
    protocol.recordCut(h, { number: request.number, newest: known }, nonce()),
  )
}

/** How many groups of each view were loaded into a generation's batch part of one partition. */
export type LoadedParts = readonly { readonly fingerprint: string; readonly groups: number }[]

/**
 * Registers a durable generation on one partition, in one step with the check that its batch part, loaded before, is all there
 * (R2): refused as `incomplete` when it is not.
 */
export const registerGeneration = (
  store: StateStore,
  place: TopicPartition,
  generation: protocol.Registered & {
    readonly parts: LoadedParts
  },
  nonce: Nonce,
): Promise<Change> => {
  const { parts, ...registered } = generation
  const requires = parts.map((part) => ({ generation: registered.id, ...part }))
  return changeHeader(store, place, (h) => protocol.register(h, registered, nonce()), requires)
}

/** Takes back the name of a generation that was dropped; afterwards its batch part may be deleted. */
export const unregisterGeneration = (
  store: StateStore,
  place: TopicPartition,
  generation: { readonly number: number; readonly id: string },
  nonce: Nonce,
): Promise<Change> => changeHeader(store, place, (h) => protocol.unregister(h, generation, nonce()))

/** Raises the floor, once readers use `number`: slices below it are read no more, values and batch parts may be deleted afterwards. */
export const retire = async (
  store: StateStore,
  place: TopicPartition,
  number: number,
  nonce: Nonce,
): Promise<Change> => {
  const pointer = await readPointer(store)
  if (pointer === null || pointer.number < number) return { kind: 'refused', reason: 'unregistered', place }
  return changeHeader(store, place, (h) => protocol.retire(h, number, nonce()))
}

/** Marks the home partition of a key that was found elsewhere; must be done before the commit that stores the key. */
export const markStrayed = (store: StateStore, home: TopicPartition, nonce: Nonce): Promise<Change> =>
  changeHeader(store, home, (h) => protocol.markStrayed(h, nonce()))

export const readPointer = async (store: StateStore): Promise<Pointer | null> => {
  const bytes = await store.pointer()
  return bytes === null ? null : decodePointer(bytes)
}

/**
 * Makes readers use a generation that is registered on every partition (C4). False: the pointer already shows a higher
 * number, or somebody else moved it at the same moment.
 */
export const movePointer = async (store: StateStore, to: Pointer): Promise<boolean> => {
  const stored = await store.pointer()
  if (stored !== null) {
    const now = decodePointer(stored)
    if (now.id === to.id) return true
    if (now.number > to.number) return false
  }
  return store.movePointer(stored, encodePointer(to))
}

/** Says in every answer that records of a partition are lost; must be done before the commit that passes over them. */
export const markMissing = (store: StateStore, place: TopicPartition, nonce: Nonce): Promise<Change> =>
  changeHeader(store, place, (h) => protocol.markMissing(h, nonce()))

/** Says in every answer that a partition stands still; `why` is a sentence for people. */
export const markHalted = (
  store: StateStore,
  place: TopicPartition,
  why: string,
  nonce: Nonce,
): Promise<Change> => changeHeader(store, place, (h) => protocol.halt(h, why, nonce()))

export const readHeaders = async (
  store: Pick<StateStore, 'header'>,
  places: readonly TopicPartition[],
): Promise<readonly (Header | null)[]> => {
  const stored = await Promise.all(places.map((place) => store.header(place)))
  return stored.map((bytes) => (bytes === null ? null : decodeHeader(bytes)))
}
