import type { Clock, StateStore } from '@tidewater/ports'
import type { Pointer, PointerSource } from '@tidewater/seam'
import { decodePointer } from '@tidewater/seam'

/** A reader may use an old pointer as long as its generation is not retired, but a new one should show soon. */
const FRESH_FOR_MS = 250

export interface PointerCache extends PointerSource {
  /** The next read asks the store. */
  expire(): void
  /** A pointer seen lately, for pages of a list that began under it; null: too long ago. */
  recall(id: string): Pointer | null
}

const REMEMBERED = 8

/** The generation pointer, asked for at most four times a second and by one request at a time. */
export const createPointerCache = (store: Pick<StateStore, 'pointer'>, clock: Clock): PointerCache => {
  let known: Pointer | null = null
  let bytesKnown: Uint8Array | null = null
  let askedAt = -Infinity
  let asking: Promise<Pointer | null> | null = null
  const seen: Pointer[] = []

  const ask = async (): Promise<Pointer | null> => {
    try {
      const bytes = await store.pointer()
      if (bytes === null) known = null
      else if (bytesKnown === null || !equal(bytes, bytesKnown)) {
        known = decodePointer(bytes)
        seen.unshift(known)
        seen.length = Math.min(seen.length, REMEMBERED)
      }
      bytesKnown = bytes
      askedAt = clock.elapsed()
      return known
    } finally {
      asking = null
    }
  }
  const fresh = (): Promise<Pointer | null> => (asking ??= ask())
  return {
    cached: async () => (known !== null && clock.elapsed() - askedAt < FRESH_FOR_MS ? known : fresh()),
    fresh,
    expire: () => {
      askedAt = -Infinity
    },
    recall: (id) => seen.find((pointer) => pointer.id === id) ?? null,
  }
}

const equal = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i])
