import type { Random } from './random.ts'

/**
 * Time that a seed repeats: events happen one after the other, each to its end (all microtasks included) before the next, and
 * those of one moment in an order the seed chooses. Nothing waits for a real clock.
 */
export interface VirtualTime {
  /** ms since the beginning; never steps. */
  now(): number
  /** Runs once, `ms` from now; the answer cancels it. What it throws ends `runUntil`. */
  after(ms: number, run: () => void): () => void
  /** Work of the real world (a database, a disk): time stands still until it settles. */
  hold<T>(work: Promise<T>): Promise<T>
  /** Lets everything happen that is due before `ms`, or until `done` says so. */
  runUntil(ms: number, done?: () => boolean): Promise<void>
  /** Events that have happened. */
  readonly happened: number
}

interface Event {
  readonly at: number
  /** Order within one moment. */
  readonly tie: number
  run: (() => void) | null
}

const earlier = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.tie < b.tie)

/** A binary heap: the earliest event first. */
const createAgenda = () => {
  const heap: Event[] = []
  const swap = (i: number, j: number): void => {
    const [a, b] = [heap[i] as Event, heap[j] as Event]
    heap[i] = b
    heap[j] = a
  }
  return {
    first: (): Event | undefined => heap[0],
    add: (event: Event): void => {
      let at = heap.push(event) - 1
      for (let up = (at - 1) >> 1; at > 0 && earlier(event, heap[up] as Event); up = (at - 1) >> 1) {
        swap(at, up)
        at = up
      }
    },
    take: (): void => {
      const last = heap.pop()
      if (last === undefined || heap.length === 0) return
      heap[0] = last
      for (let at = 0; ;) {
        let least = at
        for (const child of [2 * at + 1, 2 * at + 2])
          if (child < heap.length && earlier(heap[child] as Event, heap[least] as Event)) least = child
        if (least === at) return
        swap(at, least)
        at = least
      }
    },
  }
}

/** Turns asked of the event loop at once: asking for each is what costs most. */
const TURNS = 64

/** Calls `turn` until it answers false, letting every microtask that is ready run in between. */
const takeTurns = (turn: () => boolean): Promise<void> =>
  new Promise((resolve, reject) => {
    let going = true
    const one = (): void => {
      if (!going) return
      try {
        going = turn()
        if (!going) resolve()
      } catch (error) {
        going = false
        reject(error as Error)
      }
    }
    const ask = (): void => {
      for (let n = 1; n < TURNS; n++) setImmediate(one)
      setImmediate(() => {
        one()
        if (going) ask()
      })
    }
    ask()
  })

const TIES = 2 ** 31 - 1

export const createVirtualTime = (random: Random): VirtualTime => {
  const agenda = createAgenda()
  let now = 0
  let happened = 0
  let held = 0
  let released: () => void = () => undefined
  return {
    now: () => now,
    get happened() {
      return happened
    },
    after: (ms, run) => {
      const event: Event = { at: now + Math.max(0, ms), tie: random.int(0, TIES), run }
      agenda.add(event)
      return () => {
        event.run = null
      }
    },
    hold: (work) => {
      held++
      return work.finally(() => {
        held--
        if (held === 0) released()
      })
    },
    runUntil: async (until, done = () => false) => {
      let isOver = false
      /** False: nothing more is due, or something is held. */
      const turn = (): boolean => {
        if (held > 0) return false
        const event = done() ? undefined : agenda.first()
        isOver = event === undefined || event.at > until
        if (event === undefined || isOver) return false
        agenda.take()
        if (event.run === null) return true
        now = event.at
        happened++
        event.run()
        return true
      }
      for (;;) {
        await takeTurns(turn)
        if (isOver) break
        if (held > 0) await new Promise<void>((resolve) => (released = resolve))
      }
      if (!done()) now = Math.max(now, until)
    },
  }
}
