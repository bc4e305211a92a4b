import { PlatformError } from '@tidewater/base'
import type { LogBatch, LogControl, LogReader, TopicPartition } from '@tidewater/ports'

const nameOf = (place: TopicPartition): string => `${place.topic}/${place.partition}`

type Fetch = (place: TopicPartition, from: number) => LogBatch | null

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

  /** Waits for running handlers, tells the reader what it lost, then asks it where to begin. */
  async assign(places: readonly TopicPartition[]): Promise<void> {
    if (this.#state === 'stopped') return
    this.#state = 'assigning'
    await this.#quiet()
    const kept = new Set(places.map(nameOf))
    const lost = this.#owned.filter((place) => !kept.has(nameOf(place)))
    if (lost.length > 0) this.#reader.revoked(lost)
    this.#owned = places
    this.#positions.clear()
    this.#paused.clear()
    const offsets = await this.#reader.assigned(places)
    for (const [i, place] of places.entries()) {
      const offset = offsets[i] ?? null
      if (offset !== null) this.#positions.set(nameOf(place), offset)
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

  async stop(): Promise<void> {
    this.#state = 'stopped'
    await this.#quiet()
    this.#end.resolve()
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
    if (this.#state !== 'running' || this.#paused.has(name)) return false
    const from = this.#positions.get(name)
    return from !== undefined && this.#fetch(place, from) !== null
  }

  async #handle(place: TopicPartition): Promise<void> {
    const name = nameOf(place)
    while (this.#state === 'running' && !this.#paused.has(name)) {
      const from = this.#positions.get(name)
      const batch = from === undefined ? null : this.#fetch(place, from)
      if (batch === null) return
      this.#positions.set(name, batch.nextOffset)
      await this.#reader.batch(batch, this.#control)
    }
  }

  async #quiet(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values())
  }
}
