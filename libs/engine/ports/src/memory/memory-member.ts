import type { LogBatch, LogControl, LogReader, TopicPartition } from '../event-log.ts'

export const placeName = (place: TopicPartition): string => `${place.topic}/${place.partition}`

/** One reader of a group: its partitions, positions and the single handler that may run per partition. */
export interface MemoryMember {
  readonly topics: readonly string[]
  readonly owned: () => readonly TopicPartition[]
  /** Waits for running handlers, tells the reader what it lost, then where to begin. */
  assign(places: readonly TopicPartition[]): Promise<void>
  /** Something may have been appended. */
  wake(): void
  seek(place: TopicPartition, offset: number): void
  pause(places: readonly TopicPartition[]): void
  resume(places: readonly TopicPartition[]): void
  stop(): Promise<void>
  readonly done: Promise<void>
}

export const createMemoryMember = (
  topics: readonly string[],
  reader: LogReader,
  fetch: (place: TopicPartition, from: number) => LogBatch | null,
): MemoryMember => {
  const positions = new Map<string, number>()
  const paused = new Set<string>()
  const running = new Map<string, Promise<void>>()
  let owned: readonly TopicPartition[] = []
  let state: 'running' | 'assigning' | 'stopped' = 'assigning'
  let finish: (error: unknown) => void = () => undefined
  const done = new Promise<void>((resolve, reject) => {
    finish = (error) => (error === null ? resolve() : reject(error instanceof Error ? error : new Error(String(error))))
  })
  done.catch(() => undefined)
  const control: LogControl = {
    seek: (place, offset) => void positions.set(placeName(place), offset),
    heartbeat: async () => {
      if (state !== 'running') throw new Error('a rebalance has begun')
    },
  }
  const handle = async (place: TopicPartition): Promise<void> => {
    const name = placeName(place)
    while (state === 'running' && !paused.has(name)) {
      const from = positions.get(name)
      const batch = from === undefined ? null : fetch(place, from)
      if (batch === null) return
      positions.set(name, batch.nextOffset)
      await reader.batch(batch, control)
    }
  }
  const start = (place: TopicPartition): void => {
    const name = placeName(place)
    if (state !== 'running' || running.has(name)) return
    const task = handle(place)
      .catch((error: unknown) => {
        state = 'stopped'
        finish(error)
      })
      .finally(() => {
        running.delete(name)
        // an append between the handler's last look and here must not be missed
        if (state === 'running' && !paused.has(name) && fetch(place, positions.get(name) ?? 0) !== null) start(place)
      })
    running.set(name, task)
  }
  const wake = (): void => {
    for (const place of owned) start(place)
  }
  const quiet = async (): Promise<void> => {
    while (running.size > 0) await Promise.all(running.values())
  }
  return {
    topics,
    owned: () => owned,
    assign: async (places) => {
      if (state === 'stopped') return
      state = 'assigning'
      await quiet()
      const kept = new Set(places.map(placeName))
      const lost = owned.filter((p) => !kept.has(placeName(p)))
      if (lost.length > 0) reader.revoked(lost)
      owned = places
      const offsets = await reader.assigned(places)
      positions.clear()
      paused.clear()
      for (const [i, place] of places.entries()) positions.set(placeName(place), offsets[i] ?? 0)
      state = 'running'
      wake()
    },
    wake,
    seek: (place, offset) => {
      positions.set(placeName(place), offset)
      start(place)
    },
    pause: (places) => {
      for (const p of places) paused.add(placeName(p))
    },
    resume: (places) => {
      for (const p of places) paused.delete(placeName(p))
      wake()
    },
    stop: async () => {
      state = 'stopped'
      await quiet()
      finish(null)
    },
    done,
  }
}
