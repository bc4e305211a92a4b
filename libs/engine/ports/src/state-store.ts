import type { TopicPartition } from './event-log.ts'

/** Address of one group's state within a partition. `bucket` is the window start (ms), 0 without window. */
export interface Address {
  readonly fingerprint: string
  readonly bucket: number
  readonly key: string
}

export interface StateWrite extends Address {
  readonly value: Uint8Array
}

/** Ids seen, appended to the chunk of their time bucket, never rewritten (semantics I5). */
export interface SeenChunk {
  /** Start of the hour of append time, ms. */
  readonly bucket: number
  readonly bytes: Uint8Array
}

/**
 * One atomic change of a partition. It applies iff the stored header's bytes equal `expected` (null: no header yet).
 * Every header carries a fresh revision, so equal bytes mean the same moment.
 */
export interface Commit {
  readonly expected: Uint8Array | null
  readonly next: Uint8Array
  /** Fingerprints of which nothing stays but what this very commit writes. */
  readonly clears?: readonly string[]
  readonly deletes?: readonly Address[]
  readonly writes: readonly StateWrite[]
  readonly seen: readonly SeenChunk[]
  /** Deletes seen-id chunks of hours before this, ms. Part of the commit: a store that lost its tail must not lose them to a late command. */
  readonly forgetBefore?: number
  /** Applies only if these batch parts hold exactly so many groups: a part may be lost between loading and naming it. */
  readonly requires?: readonly BatchCount[]
}

export interface BatchCount {
  readonly generation: string
  readonly fingerprint: string
  readonly groups: number
}

export type CommitResult =
  | { readonly kind: 'applied' }
  /** The stored header is already `next`: an earlier send of this very commit went through. */
  | { readonly kind: 'already-applied' }
  /** Nothing was written: a part in `requires` is not there as a whole. */
  | { readonly kind: 'incomplete' }
  /** Nothing was written; `header` is what is stored. */
  | { readonly kind: 'conflict'; readonly header: Uint8Array | null }

/**
 * Whoever builds on loaded state must see the header it expects beside it: a later owner may have written what is loaded, and a
 * store that then loses its tail would let the earlier owner commit it.
 */
export interface LoadedValues {
  readonly header: Uint8Array | null
  readonly values: readonly (Uint8Array | null)[]
}

export interface LoadedSeen {
  readonly header: Uint8Array | null
  readonly chunks: readonly SeenChunk[]
}

/** What a reader wants from one partition; all of it is read in one atomic command (semantics R1). */
export interface PartitionRead {
  readonly fingerprint: string
  /** The batch part to read beside the speed part; null: none (windowed views take theirs from a warehouse). */
  readonly generation: string | null
  readonly select:
    | { readonly kind: 'keys'; readonly keys: readonly string[] }
    | { readonly kind: 'all' }
    /** Window starts with from <= start < to, ms. */
    | { readonly kind: 'range'; readonly from: number; readonly to: number }
}

export interface StoredGroup {
  readonly bucket: number
  readonly key: string
  readonly value: Uint8Array
}

export interface PartitionAnswer {
  readonly header: Uint8Array | null
  /** One entry per read, in order; absent keys are left out. */
  readonly parts: readonly {
    readonly batch: readonly StoredGroup[]
    readonly speed: readonly StoredGroup[]
  }[]
}

export interface StoreMemory {
  readonly used: number
  readonly most: number | null
}

/** State of every partition, its header, and the generation pointer (Redis). All writes of one call are one atomic step. */
export interface StateStore {
  header(place: TopicPartition): Promise<Uint8Array | null>
  commit(place: TopicPartition, commit: Commit): Promise<CommitResult>
  /** The header and, from the same moment, values in the order asked; null where there is none. */
  load(place: TopicPartition, addresses: readonly Address[]): Promise<LoadedValues>
  /** The header and, as they were under this very header, all seen-id chunks whose bucket is >= `from`, oldest first. */
  seen(place: TopicPartition, from: number): Promise<LoadedSeen>
  read(place: TopicPartition, reads: readonly PartitionRead[]): Promise<PartitionAnswer>
  /** Writes groups into a generation's batch part (not yet visible to any reader). */
  loadBatch(
    place: TopicPartition,
    generation: string,
    fingerprint: string,
    groups: readonly StoredGroup[],
  ): Promise<void>
  /** Drops a generation's batch parts of a partition, unless the stored header names the generation: readers may be using them. */
  dropBatch(place: TopicPartition, generation: string, fingerprints: readonly string[]): Promise<void>
  /**
   * Deletes speed values whose newest slice (u32 big-endian at byte 5 of the value, see slices.ts) is below both `floor` and the
   * stored header's floor; answers how many. Bounded work per step.
   */
  sweep(place: TopicPartition, fingerprint: string, floor: number): Promise<number>
  /** Every fingerprint that has speed values, on any partition: also of definitions that nothing names any more. */
  fingerprints(): Promise<readonly string[]>
  /** Bytes the store holds, and the most it takes; null: nobody said. */
  memory(): Promise<StoreMemory>
  /** The pointer to the published generation: opaque bytes, changed by compare-and-set. */
  pointer(): Promise<Uint8Array | null>
  movePointer(expected: Uint8Array | null, next: Uint8Array): Promise<boolean>
  /** Tells waiting processes that something moved ('archive', 'generation'); may be lost, so waiters also poll. */
  notify(channel: string, message: string): Promise<void>
  listen(channel: string, on: (message: string) => void): Promise<() => Promise<void>>
  close(): Promise<void>
}
