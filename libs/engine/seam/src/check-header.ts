import type { TopicPartition } from '@tidewater/ports'
import { sinceOf, type Header } from './header.ts'
import { cutOf, type Pointer } from './pointer.ts'

export type HeaderCheck =
  | {
      readonly kind: 'current'
      /** Offsets below it are in the batch part. */
      readonly cut: number
      /** The answer has seen this partition's records below it: the entry of the answer's offset vector. */
      readonly next: number
    }
  /** Read nothing from this partition under this pointer: refresh the pointer and read again. */
  | { readonly kind: 'stale'; readonly why: 'absent' | 'retired' | 'unregistered' }

/** R1: what was read beside this header may be used with this pointer iff floor, generation id and cut agree. */
export const checkHeader = (header: Header | null, pointer: Pointer, place: TopicPartition): HeaderCheck => {
  if (header === null) return { kind: 'stale', why: 'absent' }
  if (header.floor > pointer.number) return { kind: 'stale', why: 'retired' }
  const cut = cutOf(pointer, place)
  const known = header.cuts.find((c) => c.number === pointer.number)
  if (known?.id !== pointer.id || known.cut !== cut) return { kind: 'stale', why: 'unregistered' }
  return { kind: 'current', cut, next: Math.max(header.nextOffset, cut) }
}

/** Whether the batch part of a fingerprint was not loaded here with the rest of its generation. */
export const lacksPart = (header: Header, pointer: Pointer, fingerprint: string): boolean =>
  header.cuts.find(({ number }) => number === pointer.number)?.lacks?.includes(fingerprint) ?? false

/** C5: whether batch ⊕ speed of this partition is whole for a fingerprint; false: the view is still `building`. */
export const isComplete = (
  header: Header,
  pointer: Pointer,
  place: TopicPartition,
  fingerprint: string,
): boolean => sinceOf(header, fingerprint) <= cutOf(pointer, place)
