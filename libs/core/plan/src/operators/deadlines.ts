/** A row that ends at a time; rows of equal deadline end in the order of the log. */
export interface Ending {
  readonly deadline: number
  readonly offset: number
  /** False: it has ended otherwise, and its deadline means nothing. */
  readonly isOpen: boolean
}

const isBefore = (a: Ending, b: Ending): boolean =>
  a.deadline === b.deadline ? a.offset < b.offset : a.deadline < b.deadline

/** What ends next, in one order whatever the order it came in: a heap. */
export class Deadlines<E extends Ending> {
  readonly #heap: E[] = []

  add(ending: E): void {
    const heap = this.#heap
    let at = heap.length
    heap.push(ending)
    while (at > 0) {
      const above = (at - 1) >> 1
      const parent = heap[above] as E
      if (!isBefore(ending, parent)) break
      heap[at] = parent
      at = above
    }
    heap[at] = ending
  }

  /** Takes the next one whose deadline is before `time`; null when none is. */
  takeBefore(time: number): E | null {
    for (;;) {
      const first = this.#heap[0]
      if (first === undefined || (first.isOpen && first.deadline >= time)) return null
      this.#removeFirst()
      if (first.isOpen) return first
    }
  }

  #removeFirst(): void {
    const heap = this.#heap
    const last = heap.pop() as E
    if (heap.length === 0) return
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      if (below >= heap.length) break
      if (below + 1 < heap.length && isBefore(heap[below + 1] as E, heap[below] as E)) below++
      if (!isBefore(heap[below] as E, last)) break
      heap[at] = heap[below] as E
      at = below
    }
    heap[at] = last
  }
}
