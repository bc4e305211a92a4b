import { PlatformError } from '@tidewater/base'
import type { LogBatch, LogBounds, LogControl, LogReader, TopicPartition } from '@tidewater/ports'

const nameOf = (place: TopicPartition): string => `${place.topic}/${place.partition}`

/** What follows at an offset; null: nothing yet; bounds: it is outside of them. */
type Fetch = (place: TopicPartition, from: number) => LogBatch | LogBounds | null

/** One reader of a group: its partitions, positions and the single handler that may run per partition. */
export class MemoryMember {
  readonly topics: readonly string[]
  /** Settles when the reader ends; rejects with what it rejected with. */
  readonly done: Promise<void>
  readonly #reader: LogReader
  readonly #fetch: Fetch
  readonly #positions = new Map<string, number>()
  readonly #paused = new Set<string>()
  readonly #running = new Map<string, Promise<void>>()
  readonly #control: LogControl
  readonly #end: { resolve(): void; reject(error: unknown): void }
  readonly #evicted = Promise.withResolvers<void>()
  #owned: readonly TopicPartition[] = []
  #state: 'assigning' | 'running' | 'stopped' = 'assigning'

  constructor(topics: readonly string[], reader: LogReader, fetch: Fetch) {
    this.topics = topics
    this.#reader = reader
    this.#fetch = fetch
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    promise.catch(() => undefined)
    this.done = promise
    this.#end = { resolve, reject }
    this.#control = {
      seek: (place, offset) => void this.#positions.set(nameOf(place), offset),
      heartbeat: async () => {
        if (this.#state !== 'running')
          throw new PlatformError('UNAVAILABLE', 'a rebalance has begun', 'partitions are given out anew')
      },
    }
  }

  /** Waits for running handlers, tells the reader what it lost, then asks it where to begin; an evicted one is not waited for. */
  assign(places: readonly TopicPartition[]): Promise<void> {
    return Promise.race([this.#take(places), this.#evicted.promise])
  }

  async #take(places: readonly TopicPartition[]): Promise<void> {
    if (this.#state === 'stopped') return
    this.#state = 'assigning'
    await this.#quiet()
    if (this.#isStopped()) return
    const kept = new Set(places.map(nameOf))
    const lost = this.#owned.filter((place) => !kept.has(nameOf(place)))
    if (lost.length > 0) this.#reader.revoked(lost)
    this.#owned = places
    this.#positions.clear()
    this.#paused.clear()
    const offsets = await this.#reader.assigned(places)
    if (this.#isStopped()) return
    for (const [i, place] of places.entries()) {
      const offset = offsets[i] ?? null
      // sought meanwhile: that is the later word
      if (offset !== null && !this.#positions.has(nameOf(place))) this.#positions.set(nameOf(place), offset)
    }
    this.#state = 'running'
    this.wake()
  }

  /** Something may have been appended. */
  wake(): void {
    for (const place of this.#owned) this.#start(place)
  }

  seek(place: TopicPartition, offset: number): void {
    this.#positions.set(nameOf(place), offset)
    this.#start(place)
  }

  pause(places: readonly TopicPartition[]): void {
    for (const place of places) this.#paused.add(nameOf(place))
  }

  resume(places: readonly TopicPartition[]): void {
    for (const place of places) this.#paused.delete(nameOf(place))
    this.wake()
  }

  /** Hands out nothing more, and nobody waits for it. */
  evict(): void {
    this.#state = 'stopped'
    this.#evicted.resolve()
  }

  async stop(): Promise<void> {
    this.#state = 'stopped'
    await this.#quiet()
    this.#end.resolve()
  }

  #isStopped(): boolean {
    return this.#state === 'stopped'
  }

  #start(place: TopicPartition): void {
    const name = nameOf(place)
    if (this.#state !== 'running' || this.#running.has(name)) return
    const task = this.#handle(place)
      .catch((error: unknown) => {
        this.#state = 'stopped'
        this.#end.reject(error)
      })
      .finally(() => {
        this.#running.delete(name)
        // an append between the handler's last look and here must not be missed
        if (this.#waiting(place)) this.#start(place)
      })
    this.#running.set(name, task)
  }

  #waiting(place: TopicPartition): boolean {
    const name = nameOf(place)
    const from = this.#positions.get(name)
    if (this.#state !== 'running' || this.#paused.has(name) || from === undefined) return false
    return this.#fetch(place, from) !== null
  }

  async #handle(place: TopicPartition): Promise<void> {
    const name = nameOf(place)
    while (this.#state === 'running' && !this.#paused.has(name)) {
      const from = this.#positions.get(name)
      const found = from === undefined ? null : this.#fetch(place, from)
      if (from === undefined || found === null) return
      if ('low' in found) await this.#goOn(place, from, found)
      else {
        this.#positions.set(name, found.nextOffset)
        await this.#reader.batch(found, this.#control)
      }
    }
  }

  /** The reader says where it goes on when what it waits for is not in the log; without an answer nothing is read until it seeks. */
  async #goOn(place: TopicPartition, from: number, bounds: LogBounds): Promise<void> {
    const name = nameOf(place)
    if (this.#reader.outOfRange === undefined) throw outOfRange(place, from, bounds)
    const next = await this.#reader.outOfRange(place, bounds)
    if (this.#positions.get(name) !== from) return
    if (next === null) this.#positions.delete(name)
    else this.#positions.set(name, next)
  }

  async #quiet(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values())
  }
}

const outOfRange = (
  { topic, partition }: TopicPartition,
  from: number,
  { low, high }: LogBounds,
): PlatformError =>
  new PlatformError(
    'UNAVAILABLE',
    `${topic}/${partition}: offset ${from} is not in the log, which holds ${low} to ${high}`,
    from < low ? 'retention passed it: rebuild from the lake' : 'the topic was replaced or lost its tail',
    topic,
  )
