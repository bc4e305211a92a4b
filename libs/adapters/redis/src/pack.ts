import { Buffer } from 'node:buffer'

/** Bytes a text may need before it is known: three per UTF-16 unit. */
const BYTES_PER_UNIT = 3
const STRING_HEADER = 5
const LIST_HEADER = 5

/** The room a list needs: pass every text and every value that will go in. */
export const roomFor = (item: string | Uint8Array): number =>
  STRING_HEADER + (typeof item === 'string' ? item.length * BYTES_PER_UNIT : item.length)

/**
 * A letter and a MessagePack list of strings in one buffer: one argument instead of thousands, which is what makes a large
 * commit cheap on this side of the socket.
 */
export interface Packed {
  put(item: string | Uint8Array): void
  /** The argument; the list must have got as many items as announced. */
  done(): Buffer
}

export const packedList = (letter: string, items: number, room: number): Packed => {
  const buffer = Buffer.allocUnsafe(1 + LIST_HEADER + room)
  buffer[0] = letter.charCodeAt(0)
  buffer[1] = 0xdd
  buffer.writeUInt32BE(items, 2)
  let at = 1 + LIST_HEADER
  return {
    put: (item) => {
      const start = at + STRING_HEADER
      let length: number
      if (typeof item === 'string') length = buffer.write(item, start, 'utf8')
      else {
        length = item.length
        buffer.set(item, start)
      }
      buffer[at] = 0xdb
      buffer.writeUInt32BE(length, at + 1)
      at = start + length
    },
    done: () => buffer.subarray(0, at),
  }
}

export const packKeys = (letter: string, keys: readonly string[]): Buffer => {
  let room = 0
  for (const key of keys) room += roomFor(key)
  const packed = packedList(letter, keys.length, room)
  for (const key of keys) packed.put(key)
  return packed.done()
}
