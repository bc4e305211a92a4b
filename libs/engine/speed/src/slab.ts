/** Where the bytes of one owner lie in a slab; `size` 0: it has none there. */
export interface Span {
  from: number
  size: number
}

const SMALLEST = 4_096

/**
 * Byte values of many owners, one behind the other in one array: a value costs its bytes, not an object. A value that is replaced
 * or dropped is left behind; when the array is full the living move to one of twice their size, so the array is never more than
 * twice what lived when it was made, and no byte is moved more than once for each byte put.
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

  /** Bytes of all values that are neither replaced nor dropped. */
  get live(): number {
    return this.#live
  }

  /** Copies the value, in place of what the owner had. */
  put(owner: Span, value: Uint8Array): void {
    const size = value.length
    this.drop(owner)
    if (this.#end + size > this.#bytes.length) this.#move(size)
    this.#bytes.set(value, this.#end)
    owner.from = this.#end
    owner.size = size
    this.#end += size
    this.#live += size
  }

  drop(owner: Span): void {
    this.#live -= owner.size
    owner.size = 0
  }

  clear(): void {
    this.#bytes = new Uint8Array(SMALLEST)
    this.#end = 0
    this.#live = 0
  }

  #move(room: number): void {
    const bytes = new Uint8Array(Math.max(SMALLEST, 2 * (this.#live + room)))
    let end = 0
    for (const owner of this.#owners) {
      if (owner.size === 0) continue
      bytes.set(this.#bytes.subarray(owner.from, owner.from + owner.size), end)
      owner.from = end
      end += owner.size
    }
    this.#bytes = bytes
    this.#end = end
  }
}
