import { startPlatform, type Platform } from '../e2e/platform.ts'
import { percentile, report } from './report.ts'

const PER_SECOND = 5_000
const BATCH = 50
const SECONDS = 20
const WARM_UP_SECONDS = 5
const GOAL_MS = { p50: 100, p99: 250 }

interface Receipt {
  readonly records: readonly { readonly partition: number; readonly offset: number }[]
}
interface Visible {
  readonly conversionByHour: {
    readonly freshness: { readonly offsets: readonly { readonly partition: number; readonly next: number }[] }
  }
}
/** Accepted events of one partition not seen in an answer yet, in offset order. */
type Waiting = Map<number, { readonly offset: number; readonly acceptedAt: number }[]>

/** 5,000 events/s sent through HTTP: from accepted (202) to passed by the `freshness.offsets` of a GraphQL answer. */
export const speedLatency = async (): Promise<void> => {
  const platform = await startPlatform()
  try {
    const waiting: Waiting = new Map()
    const delays: number[] = []
    const until = performance.now() + (WARM_UP_SECONDS + SECONDS) * 1000
    const warm = performance.now() + WARM_UP_SECONDS * 1000
    const watching = watch(
      platform,
      waiting,
      (delay) => performance.now() > warm && delays.push(delay),
      () => performance.now() < until,
    )
    const sent = await send(platform, waiting, until)
    await watching
    const [p50, p99] = [percentile(delays, 0.5), percentile(delays, 0.99)]
    report({
      bench: 'speed.latency',
      value: p99,
      unit: 'ms p99',
      baseline: GOAL_MS.p99,
      ratio: p99 / GOAL_MS.p99,
      goal: 'p50 <= 100 ms, p99 <= 250 ms',
      baselineIs: 'the bound itself',
      p50,
      p95: percentile(delays, 0.95),
      max: Math.max(...delays),
      eventsPerSecond: Math.round(sent / (WARM_UP_SECONDS + SECONDS)),
      events: delays.length,
    })
  } finally {
    await platform.stop()
  }
}

const send = async (platform: Platform, waiting: Waiting, until: number): Promise<number> => {
  let sent = 0
  const began = performance.now()
  const inFlight = new Set<Promise<void>>()
  while (performance.now() < until) {
    const due = ((performance.now() - began) / 1000) * PER_SECOND
    while (sent + BATCH <= due) {
      const events = Array.from({ length: BATCH }, (_, i) => eventOf(sent + i))
      sent += BATCH
      const posting = post(platform, events, waiting).finally(() => inFlight.delete(posting))
      inFlight.add(posting)
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await Promise.all(inFlight)
  return sent
}

const run = `l${process.pid}-${Date.now()}`
const eventOf = (n: number) => ({
  eventId: `${run}-${n}`,
  userId: `u${(n * 7919) % 20_000}`,
  at: new Date().toISOString(),
  type: n % 8 === 0 ? 'purchase' : 'page_view',
  productId: `p${n % 500}`,
  amount: '12.50',
})

const post = async (platform: Platform, events: readonly object[], waiting: Waiting): Promise<void> => {
  const response = await fetch(`${platform.url}/events/ShopEvent?receipt=1`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(events),
  })
  const acceptedAt = performance.now()
  const receipt: Receipt = JSON.parse(await response.text())
  if (response.status !== 202) throw new Error(`the intake answered ${response.status}`)
  for (const { partition, offset } of receipt.records) {
    const line = waiting.get(partition) ?? []
    line.push({ offset, acceptedAt })
    waiting.set(partition, line)
  }
}

/** Asks again and again; an event is visible when an answer's offsets have passed it. */
const watch = async (
  platform: Platform,
  waiting: Waiting,
  seen: (delayMs: number) => void,
  going: () => boolean,
): Promise<void> => {
  const left = () => [...waiting.values()].some((line) => line.length > 0)
  while (going() || left()) {
    const answer = await platform.graphql<Visible>(
      '{ conversionByHour(from: "now-1h") { freshness { offsets { partition next } } } }',
    )
    const now = performance.now()
    for (const { partition, next } of answer.conversionByHour.freshness.offsets) {
      const line = waiting.get(partition) ?? []
      const passed = line.filter(({ offset }) => offset < next)
      for (const { acceptedAt } of passed) seen(Math.max(0, now - acceptedAt))
      if (passed.length > 0)
        waiting.set(
          partition,
          line.filter(({ offset }) => offset >= next),
        )
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
