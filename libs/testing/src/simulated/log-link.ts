import type { MemoryEventLog, MemorySubscription } from '@tidewater/adapter-memory'
import type { EventLog, LogReader, LogSubscription, ReadOptions, TopicPartition } from '@tidewater/ports'
import type { VirtualTime } from '../virtual-time.ts'
import type { Process } from './process.ts'

/** A group's view of its members: who is not heard of for this long is left out. */
const SESSION_MS = 4_000
const HEARTBEAT_MS = 1_000
const REJOIN_MS = 500

/** The log as one process sees it. */
export interface LogLink extends EventLog {
  /** The group leaves this process out, as after lost heartbeats; while it lives it joins again. */
  evict(): void
}

/** A process's connection to the log: every call travels, and its readers join again whenever their group left them out. */
export const linkLog = (log: MemoryEventLog, process: Process, time: VirtualTime): LogLink => {
  const memberships = new Set<Membership>()
  return {
    ensureTopics: (specs) => process.call('sent once', () => log.ensureTopics(specs)),
    bounds: (topic) => process.call('sent once', () => log.bounds(topic)),
    retentionMs: (topic) => process.call('sent once', () => log.retentionMs(topic)),
    append: (topic, records) => {
      const copies = records.map((record) => ({ ...record, value: record.value.slice() }))
      return process.call('sent once', () => log.append(topic, copies))
    },
    read: async (options, reader) => {
      const membership = new Membership(log, process, time, options, reader)
      memberships.add(membership)
      await membership.join()
      return membership
    },
    close: async () => undefined,
    evict: () => {
      for (const membership of memberships) membership.evict()
    },
  }
}

const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`

/** One reader of a process over all the times it joins its group. */
class Membership implements LogSubscription {
  readonly done: Promise<void>
  readonly #log: MemoryEventLog
  readonly #process: Process
  readonly #time: VirtualTime
  readonly #options: ReadOptions
  readonly #reader: LogReader
  readonly #end: { resolve(): void; reject(error: unknown): void }
  readonly #handling = new Set<Promise<void>>()
  #subscription: MemorySubscription | null = null
  #owned: readonly TopicPartition[] = []
  #ended = false

  constructor(
    log: MemoryEventLog,
    process: Process,
    time: VirtualTime,
    options: ReadOptions,
    reader: LogReader,
  ) {
    this.#log = log
    this.#process = process
    this.#time = time
    this.#options = options
    this.#reader = reader
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    promise.catch(() => undefined)
    this.done = promise
    this.#end = { resolve, reject }
  }

  /** Joins the group; resolves when the reader has said where it starts. */
  async join(): Promise<void> {
    await Promise.all(this.#handling)
    if (this.#ended) return
    await this.#process.call('local', async () => {
      if (this.#process.state === 'dead') return
      const { subscription, ready } = this.#log.join(this.#options, this.#remote())
      this.#subscription = subscription
      this.#watch(subscription, 0)
      // such as an offset that retention has passed
      subscription.done.catch((error: unknown) => this.#process.run(() => this.#fail(error)))
      await ready
    })
  }

  /** The group goes on without this member; while its process lives it joins again. */
  evict(): void {
    const subscription = this.#subscription
    if (subscription === null) return
    this.#subscription = null
    void subscription.evict()
    if (this.#ended) return
    this.#process.timers.after(REJOIN_MS, () => void this.join())
  }

  /** The coordinator listens for heartbeats. */
  #watch(subscription: MemorySubscription, silentMs: number): void {
    this.#time.after(HEARTBEAT_MS, () => {
      if (this.#subscription !== subscription) return
      const silent = this.#process.state === 'running' ? 0 : silentMs + HEARTBEAT_MS
      if (silent >= SESSION_MS) this.evict()
      else this.#watch(subscription, silent)
    })
  }

  seek(place: TopicPartition, offset: number): void {
    this.#subscription?.seek(place, offset)
  }

  pause(places: readonly TopicPartition[]): void {
    this.#subscription?.pause(places)
  }

  resume(places: readonly TopicPartition[]): void {
    this.#subscription?.resume(places)
  }

  async stop(): Promise<void> {
    this.#ended = true
    await Promise.all(this.#handling)
    await this.#subscription?.stop()
    this.#subscription = null
    this.#lose([])
    this.#end.resolve()
  }

  /** What the group's coordinator talks to: every word travels to the process and back. */
  #remote(): LogReader {
    return {
      assigned: (places) =>
        this.#there(async () => {
          this.#lose(places)
          // what was paused on the way here was paused under the assignment before
          this.#subscription?.resume(places)
          return this.#reader.assigned(places)
        }),
      ...(this.#reader.outOfRange === undefined
        ? {}
        : {
            outOfRange: (place, bounds) =>
              this.#there(async () => (await this.#reader.outOfRange?.(place, bounds)) ?? null),
          }),
      // the process finds out when it hears what it owns
      revoked: () => undefined,
      batch: (batch, control) =>
        this.#there(async () => {
          let rebalance: unknown = null
          const heartbeat = async (): Promise<void> => {
            try {
              await this.#process.call('local', () => control.heartbeat())
            } catch (error) {
              rebalance = error
              throw error
            }
          }
          const handling = this.#reader.batch(batch, { seek: control.seek, heartbeat })
          const handled = handling.then(
            () => undefined,
            () => undefined,
          )
          this.#handling.add(handled)
          try {
            await handling
          } catch (error) {
            if (rebalance === null) this.#fail(error)
          } finally {
            this.#handling.delete(handled)
          }
        }),
    }
  }

  #there<T>(code: () => Promise<T>): Promise<T> {
    return new Promise((resolve) => {
      this.#process.deliver(() => {
        code().then(resolve, (error: unknown) => this.#fail(error))
      })
    })
  }

  #lose(now: readonly TopicPartition[]): void {
    const kept = new Set(now.map(nameOf))
    const lost = this.#owned.filter((place) => !kept.has(nameOf(place)))
    this.#owned = now
    if (lost.length > 0) this.#reader.revoked(lost)
  }

  #fail(error: unknown): void {
    this.#ended = true
    void this.#subscription?.evict()
    this.#subscription = null
    this.#end.reject(error)
  }
}
