/** Where the bytes of one owner lie in a slab, and up to what size another value may take their place; `room` 0: it has none there. */
export interface Span {
  from: number
  size: number
  room: number
}

const SMALLEST = 4_096

/** Rooms are multiples of it: a value that grows a little stays where it is. */
const ROOM = 32

/**
 * Byte values of many owners, one behind the other in one array: a value costs its bytes, not an object. A value that is dropped,
 * or replaced by one that does not fit, is left behind; when the array is full the living move to one half as large again, so the
 * array is never larger than that, and no more than two bytes are moved for each byte put.
 */
export class Slab {
  /** Every owner there is; shared with whoever adds and removes them. */
  readonly #owners: Iterable<Span>
  #bytes = new Uint8Array(SMALLEST)
  #end = 0
  #live = 0

  constructor(owners: Iterable<Span>) {
    this.#owners = owners
  }

  /** Valid until the next `put`. */
  get bytes(): Uint8Array {
    return this.#bytes
  }

  /** The rooms of all values that are neither replaced nor dropped, bytes. */
  get live(): number {
    return this.#live
  }

  /** Copies the value, in place of what the owner had. */
  put(owner: Span, value: Uint8Array): void {
    if (value.length > owner.room) this.#settle(owner, (value.length + ROOM - 1) & -ROOM)
    this.#bytes.set(value, owner.from)
    owner.size = value.length
  }

  drop(owner: Span): void {
    this.#live -= owner.room
    owner.size = 0
    owner.room = 0
  }

  clear(): void {
    this.#bytes = new Uint8Array(SMALLEST)
    this.#end = 0
    this.#live = 0
  }

  #settle(owner: Span, room: number): void {
    this.drop(owner)
    if (this.#end + room > this.#bytes.length) this.#move(room)
    owner.from = this.#end
    owner.room = room
    this.#end += room
    this.#live += room
  }

  #move(room: number): void {
    const bytes = new Uint8Array(Math.max(SMALLEST, Math.ceil(1.5 * (this.#live + room))))
    let end = 0
    for (const owner of this.#owners) {
      if (owner.room === 0) continue
      bytes.set(this.#bytes.subarray(owner.from, owner.from + owner.size), end)
      owner.from = end
      end += owner.room
    }
    this.#bytes = bytes
    this.#end = end
  }
}
