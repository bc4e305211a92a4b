import { PlatformError } from '@tidewater/base'
import type { OffsetVector } from '@tidewater/ports'
import { checkHeader } from './check-header.ts'
import type { TopicPartition } from '@tidewater/ports'
import { decodeHeader, type Header } from './header.ts'
import type { Pointer } from './pointer.ts'
import type { PartitionAnswer, PartitionRead, StateStore } from '@tidewater/ports'

/** Where a reader takes the generation pointer from: a cached one first, a fresh one after a stale read. */
export interface PointerSource {
  /** May be out of date: every read checks it. Null: nothing is published yet. */
  cached(): Promise<Pointer | null>
  fresh(): Promise<Pointer | null>
}

export interface ReadPlan {
  readonly place: TopicPartition
  readonly reads: readonly PartitionRead[]
}

export interface PartitionView {
  readonly place: TopicPartition
  readonly header: Header
  readonly cut: number
  readonly next: number
  /** One entry per read of the plan, in order. */
  readonly parts: PartitionAnswer['parts']
}

export interface View {
  readonly pointer: Pointer
  readonly partitions: readonly PartitionView[]
  /** What this answer has seen: exact at these offsets (semantics 1). */
  readonly offsets: OffsetVector
  /** Reads thrown away because the pointer was stale. */
  readonly retries: number
}

/** A publish moves partitions one by one; a reader that meets it half-way needs a few rounds at most. */
const ATTEMPTS = 20

/**
 * R1: reads each partition in one atomic command and uses it only if its header agrees with the pointer; otherwise takes a
 * fresh pointer and begins again, so that one answer never mixes two generations. `plan` gets the pointer because the batch
 * part it asks for is that generation's. Throws `NOT_READY` when nothing is published or a publish does not end.
 */
export const readView = async (
  store: StateStore,
  pointers: PointerSource,
  plan: (pointer: Pointer) => readonly ReadPlan[],
  between?: (attempt: number) => Promise<void>,
): Promise<View> => {
  let pointer = await pointers.cached()
  for (let retries = 0; retries < ATTEMPTS; retries++) {
    if (pointer !== null) {
      const partitions = await readAll(store, pointer, plan(pointer))
      if (partitions !== null) return { pointer, partitions, offsets: partitions.map(offsetOf), retries }
    }
    if (retries > 0) await between?.(retries)
    pointer = await pointers.fresh()
  }
  throw new PlatformError(
    'NOT_READY',
    pointer === null ? 'no generation is published yet' : `generation ${pointer.number} is being published`,
    'ask again in a moment; `tidewater status` shows what runs',
  )
}

const offsetOf = ({ place, next }: PartitionView): OffsetVector[number] => ({
  topic: place.topic,
  partition: place.partition,
  next,
})

const readAll = async (
  store: StateStore,
  pointer: Pointer,
  plans: readonly ReadPlan[],
): Promise<PartitionView[] | null> => {
  const answers = await Promise.all(plans.map(({ place, reads }) => store.read(place, reads)))
  const views: PartitionView[] = []
  for (const [i, { place }] of plans.entries()) {
    const answer = answers[i]
    const header = answer === undefined || answer.header === null ? null : decodeHeader(answer.header)
    const check = checkHeader(header, pointer, place)
    if (check.kind === 'stale' || header === null || answer === undefined) return null
    views.push({ place, header, cut: check.cut, next: check.next, parts: answer.parts })
  }
  return views
}
