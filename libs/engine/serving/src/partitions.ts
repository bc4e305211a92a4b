import type { Clock, EventLog, LogBounds } from '@tidewater/ports'

/** Partitions may be added while we run; the count and the ends of the log are asked for when a question needs them. */
const COUNT_FRESH_MS = 30_000
const ENDS_FRESH_MS = 500

export interface Partitions {
  /** Partitions of a topic. */
  count(topic: string): number | Promise<number>
  /** Bounds of each partition, half a second old at most. */
  bounds(topic: string): Promise<readonly LogBounds[]>
}

interface Known {
  readonly bounds: readonly LogBounds[]
  readonly at: number
}

export const createPartitions = (log: Pick<EventLog, 'bounds'>, clock: Clock): Partitions => {
  const known = new Map<string, Known>()
  const asking = new Map<string, Promise<readonly LogBounds[]>>()
  const ask = (topic: string): Promise<readonly LogBounds[]> => {
    const running = asking.get(topic)
    if (running !== undefined) return running
    const asked = log
      .bounds(topic)
      .then((bounds) => {
        known.set(topic, { bounds, at: clock.elapsed() })
        return bounds
      })
      .finally(() => asking.delete(topic))
    asking.set(topic, asked)
    return asked
  }
  const within = (topic: string, ms: number): readonly LogBounds[] | null => {
    const found = known.get(topic)
    return found !== undefined && clock.elapsed() - found.at < ms ? found.bounds : null
  }
  return {
    count: (topic) => {
      const fresh = within(topic, COUNT_FRESH_MS)
      if (fresh !== null) return fresh.length
      const old = known.get(topic)?.bounds.length
      // Answers go on with the count known while the log is away.
      return ask(topic).then(
        ({ length }) => length,
        (error: unknown) => old ?? Promise.reject(error as Error),
      )
    },
    bounds: async (topic) => within(topic, ENDS_FRESH_MS) ?? (await ask(topic)),
  }
}
