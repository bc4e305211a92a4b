import { sentenceOf } from '@tidewater/base'
import type { Log } from '@tidewater/runtime'
import type { Catalog } from 'tidewater'
import { sourcesOf, type Source } from './sources.ts'

export interface TrafficSource {
  /** Where the events are posted, e.g. 'http://127.0.0.1:4000'. */
  readonly url: string
  /** Pipelines whose events are sent; those that the catalog lacks are left out. */
  readonly pipelines: readonly string[]
  /** Events per second of each, on average; at most 50. */
  readonly rate: number
  readonly catalog: Catalog
  readonly log: Log
}

const MOST_PER_SECOND = 50
const TICK_MS = 500
const MOST_WAITING = 2_000

/** Sends believable events until stopped. What cannot be sent waits, and the oldest is dropped in the end. */
export const startTraffic = (options: TrafficSource): { stop(): Promise<void> } => {
  // One moment for all: events of one pipeline belong together.
  const now = Date.now()
  const senders = sourcesOf(options.pipelines, options.catalog).map((source) =>
    startSender(source, now, options),
  )
  return { stop: async () => void (await Promise.all(senders.map((sender) => sender.stop()))) }
}

const startSender = (
  source: Source,
  now: number,
  { url, rate, catalog, log }: TrafficSource,
): { stop(): Promise<void> } => {
  const sent = source.start({ seed: now, now, rate: Math.min(rate, MOST_PER_SECOND) }, catalog)
  let upcoming = sent.next().value
  let waiting: string[] = []
  let flight: Promise<void> | null = null
  let complained = false

  const post = async (lines: readonly string[]): Promise<void> => {
    try {
      const headers = { 'content-type': 'application/x-ndjson' }
      const body = lines.join('\n')
      const response = await fetch(`${url}/events/${source.event}`, {
        method: 'POST',
        headers,
        body,
        signal: AbortSignal.timeout(30_000),
      })
      const text = await response.text()
      if (!response.ok) throw new Error(`HTTP ${response.status}: ${text.slice(0, 300)}`)
      complained = false
    } catch (error) {
      // The ids stay, so sending again doubles nothing.
      waiting = [...lines, ...waiting].slice(-MOST_WAITING)
      if (!complained) log.warn(`events of ${source.pipeline} wait at the door: ${sentenceOf(error)}`)
      complained = true
    }
  }
  const timer = setInterval(() => {
    for (; upcoming.sendAt <= Date.now(); upcoming = sent.next().value)
      waiting.push(JSON.stringify(upcoming.event))
    if (flight !== null || waiting.length === 0) return
    const lines = waiting.splice(0)
    flight = post(lines).finally(() => (flight = null))
  }, TICK_MS)
  return {
    stop: async () => {
      clearInterval(timer)
      await flight
    },
  }
}
