import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLake } from '@tidewater/adapter-lake'
import {
  createMemoryEventLog,
  createMemoryJobQueue,
  createMemoryStateStore,
  createMemoryWorkerRegistry,
} from '@tidewater/adapter-memory'
import { loadCatalog, silentLog, systemClock } from '@tidewater/runtime'
import { topicOf } from 'tidewater'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ownPorts } from '../opening/own-ports.ts'
import { runSpeedPart } from '../parts/speed-part.ts'
import { serve } from './serve.ts'
import type { RunningServer } from './serve.ts'

const directory = mkdtempSync(join(tmpdir(), 'tidewater-serve-'))
let server: RunningServer
let stopSpeed: () => Promise<void>

beforeAll(async () => {
  const catalog = await loadCatalog({ dirs: [] })
  const [log, store] = [createMemoryEventLog(systemClock), createMemoryStateStore()]
  const registry = createMemoryWorkerRegistry(systemClock)
  const topics = [...catalog.events.keys()].map(topicOf)
  await log.ensureTopics(
    topics.flatMap((topic) => [
      { topic, partitions: 2, retentionMs: -1 },
      { topic: `${topic}.dead`, partitions: 1, retentionMs: -1 },
    ]),
  )
  const lake = await openLake(directory)
  const ports = {
    ...ownPorts,
    log,
    store,
    registry,
    lake,
    archived: null,
    batch: null,
    jobs: createMemoryJobQueue(),
  }
  const own = { pid: 1, catalog, log: silentLog }
  const worker = await runSpeedPart(ports, { ...own, name: 'speed-1', commitEveryMs: 1 })
  stopSpeed = () => worker.stop()
  const door = { httpHost: '127.0.0.1', httpPort: 0, maxBodyBytes: 100_000, consoleDir: directory }
  server = await serve(ports, { ...own, ...door, name: 'serving-1' })
})
afterAll(async () => {
  await server.stop()
  await stopSpeed()
  rmSync(directory, { recursive: true, force: true })
})

interface Answer {
  readonly status: number
  readonly data: Record<string, never>
  readonly errors?: readonly { readonly message: string; readonly extensions: Record<string, string> }[]
}

const JSON_TYPE = { 'content-type': 'application/json' }
const send = async (init: RequestInit, query = ''): Promise<Answer> => {
  const response = await fetch(`${server.url}/graphql${query}`, {
    method: 'POST',
    headers: JSON_TYPE,
    ...init,
  })
  return { status: response.status, ...((await response.json()) as Omit<Answer, 'status'>) }
}
const ask = (query: string, variables: object = {}): Promise<Answer> =>
  send({ body: JSON.stringify({ query, variables }) })

describe('one event', () => {
  it('posted over HTTP is in the next answer, and in the status and metrics', async () => {
    const at = new Date().toISOString()
    const events = [
      { eventId: 'e1', userId: 'u1', at, type: 'click' },
      { eventId: 'e2', userId: 'u1', at, type: 'purchase', productId: 'p1', amount: '12.50' },
      { eventId: 'e3', userId: 'u1', at, type: 'nonsense' },
    ]
    const posted = await fetch(`${server.url}/events/ShopEvent`, {
      method: 'POST',
      body: JSON.stringify(events),
    })
    expect([posted.status, await posted.json()]).toMatchObject([
      202,
      { accepted: 2, rejected: [{ index: 2 }] },
    ])
    const query = `query($u: ID!) {
      userActivity(userId: $u) { eventCountRealtime clickRate1m lastEventType freshness { lagMs degraded } }
      salesByProduct(groupBy: [productId], every: "all") { rows { productId category revenue } total { orders } } }`
    const until = Date.now() + 5_000
    let answer = await ask(query, { u: 'u1' })
    while (answer.data['userActivity'] === null && Date.now() < until) answer = await ask(query, { u: 'u1' })
    expect(answer.data).toEqual({
      userActivity: {
        eventCountRealtime: 2,
        clickRate1m: 0.5,
        lastEventType: 'purchase',
        freshness: { lagMs: 0, degraded: [] },
      },
      salesByProduct: { rows: [{ productId: 'p1', category: null, revenue: '12.50' }], total: { orders: 1 } },
    })
    const status = await ask('{ status { workers { name role } partitions { topic next high } } }')
    expect(status.data['status']).toMatchObject({
      workers: expect.arrayContaining([{ name: 'speed-1', role: 'speed' }]) as unknown,
    })
    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    expect(metrics).toContain('tidewater_intake_events_total{what="accepted",event="ShopEvent"} 2')
    expect(metrics).toMatch(/tidewater_graphql_seconds_count \d/)
    for (const [path, checks] of [
      ['/ready', { redis: true }],
      ['/ready/events', { kafka: true }],
    ] as const) {
      const response = await fetch(`${server.url}${path}`)
      expect([response.status, await response.json()]).toEqual([200, { status: 'ready', checks }])
    }
  })

  it('tracked by GraphQL is judged like one posted', async () => {
    const row = { eventId: 'e9', userId: 'u9', at: new Date().toISOString(), type: 'click' }
    const { data } = await ask(
      'mutation($d: [JSON!]!) { track(event: "ShopEvent", data: $d) { accepted rejected { index reasons { field message } } } }',
      {
        d: [row, { ...row, userId: 7 }],
      },
    )
    expect(data['track']).toMatchObject({
      accepted: 1,
      rejected: [{ index: 1, reasons: [{ field: 'userId' }] }],
    })
  })
})

describe('requests that must not work', () => {
  const body = JSON.stringify({ query: '{ status { now } }' })
  it.each([
    [
      'text/plain, as any site can make a browser send',
      { body, headers: { 'content-type': 'text/plain' } },
      '',
      'BAD_INPUT',
      415,
    ],
    [
      'a form',
      {
        body: 'query=%7Bstatus%7Bnow%7D%7D',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      },
      '',
      'BAD_INPUT',
      415,
    ],
    ['several operations in one request', { body: `[${body},${body}]` }, '', 'BAD_INPUT', 400],
    ['broken JSON', { body: '{"query": ' }, '', 'BAD_INPUT', 400],
    ['a body beyond the limit', { body: JSON.stringify({ query: 'x'.repeat(200_000) }) }, '', 'LIMIT', 413],
    [
      'a mutation by GET',
      { method: 'GET' },
      `?query=${encodeURIComponent('mutation { runGeneration { number } }')}`,
      'BAD_INPUT',
      405,
    ],
    [
      'more tokens than anyone needs',
      { body: JSON.stringify({ query: `{ ${'a '.repeat(6_000)} }` }) },
      '',
      'LIMIT',
      400,
    ],
    [
      'a thousand questions',
      {
        body: JSON.stringify({
          query: `{ ${Array.from({ length: 900 }, (_, i) => `a${i}: __typename`).join(' ')} }`,
        }),
      },
      '',
      'LIMIT',
      400,
    ],
  ])('%s', async (_, init, query, code, status) => {
    const answer = await send(init, query)
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code, cure: expect.stringMatching(/./) as string })
    expect([answer.status, JSON.stringify(answer).includes('node_modules')]).toEqual([status, false])
  })
})
