import { traffic } from '@tidewater/pipelines/commerce/traffic'
import { sentenceOf } from '@tidewater/base'
import type { Log } from '@tidewater/runtime'
import type { Catalog } from 'tidewater'

export interface TrafficSource {
  /** Where the events are posted, e.g. 'http://127.0.0.1:4000'. */
  readonly url: string
  /** Events per second, on average; at most 50. */
  readonly rate: number
  readonly catalog: Catalog
  readonly log: Log
}

const MOST_PER_SECOND = 50
const TICK_MS = 500
const MOST_WAITING = 2_000

/** Sends believable visitors to the shop until stopped. What cannot be sent waits, and the oldest is dropped in the end. */
export const startTraffic = ({ url, rate, catalog, log }: TrafficSource): { stop(): Promise<void> } => {
  const now = Date.now()
  const visits = traffic({
    seed: now,
    now,
    rate: Math.min(rate, MOST_PER_SECOND),
    products: productsOf(catalog),
  })
  let upcoming = visits.next().value
  let waiting: string[] = []
  let flight: Promise<void> | null = null
  let complained = false

  const post = async (lines: readonly string[]): Promise<void> => {
    try {
      const headers = { 'content-type': 'application/x-ndjson' }
      const body = lines.join('\n')
      const response = await fetch(`${url}/events/ShopEvent`, {
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
      if (!complained) log.warn(`visitors wait at the door: ${sentenceOf(error)}`)
      complained = true
    }
  }
  const timer = setInterval(() => {
    for (; upcoming.sendAt <= Date.now(); upcoming = visits.next().value)
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

const productsOf = (catalog: Catalog): { productId: string; price: string }[] =>
  [...(catalog.contents.get('Product')?.rows ?? [])].map(([productId, { price }]) => ({
    productId,
    // The table keeps prices exactly, in cents.
    price: (Number(price) / 100).toFixed(2),
  }))
