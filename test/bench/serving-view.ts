import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { startPlatform } from '../e2e/platform.ts'
import { requestsPerSecond } from './load-http.ts'
import { median, report } from './report.ts'

const CONNECTIONS = 32
const SECONDS = 4
const ROUNDS = 5
const BODY = JSON.stringify({
  query:
    '{ userActivity(userId: "u1") { eventVelocity clickRate1m conversionScore sessionDuration eventCountRealtime lastEventType } }',
})

/** One user's merged features over HTTP, against a bare graphql-yoga server that answers six constant fields. */
export const servingView = async (): Promise<void> => {
  const platform = await startPlatform()
  const bare = await startBareYoga()
  try {
    await fillUser(platform.url)
    await platform.graphql('mutation { runGeneration { __typename } }')
    await fillUser(platform.url)
    const ours: number[] = []
    const yoga: number[] = []
    for (let round = 0; round <= ROUNDS; round++) {
      const [a, b] = [
        await requestsPerSecond(bare.url, BODY, CONNECTIONS, SECONDS),
        await requestsPerSecond(`${platform.url}/graphql`, BODY, CONNECTIONS, SECONDS),
      ]
      // The first round warms both up.
      if (round > 0) yoga.push(a)
      if (round > 0) ours.push(b)
    }
    const value = median(ours)
    const baseline = median(yoga)
    report({
      bench: 'serving.view',
      value,
      unit: 'requests/s',
      baseline,
      ratio: value / baseline,
      goal: '>= 0.6',
      baselineIs: 'bare graphql-yoga, six constant fields',
      rounds: ours.map(Math.round),
      baselineRounds: yoga.map(Math.round),
      connections: CONNECTIONS,
    })
  } finally {
    bare.stop()
    await platform.stop()
  }
}

const fillUser = async (url: string): Promise<void> => {
  const types = ['page_view', 'click', 'search', 'add_to_cart', 'purchase', 'click']
  const events = types.map((type, i) => ({
    eventId: `b-${Date.now()}-${i}`,
    userId: 'u1',
    at: new Date(Date.now() - 1000 * i).toISOString(),
    type,
    productId: 'p1',
    amount: '1.00',
  }))
  const response = await fetch(`${url}/events/ShopEvent`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(events),
  })
  if (response.status !== 202)
    throw new Error(`the intake answered ${response.status}: ${await response.text()}`)
}

const startBareYoga = async (): Promise<{ readonly url: string; readonly stop: () => void }> => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'bare-yoga.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const line = await new Promise<string>((resolve) =>
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString())),
  )
  const { port }: { port: number } = JSON.parse(line)
  return { url: `http://127.0.0.1:${port}/graphql`, stop: () => void child.kill() }
}
