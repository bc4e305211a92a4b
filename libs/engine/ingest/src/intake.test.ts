import { PlatformError, partitionFor } from '@tidewater/base'
import type { EventLog, HttpRequest, NewRecord } from '@tidewater/ports'
import { openTestPlatform } from '@tidewater/testing/platform'
import { event, id, instant, stream } from 'tidewater'
import { catalogOf } from 'tidewater/fixture'
import { beforeEach, describe, expect, it } from 'vitest'
import { everyType, shopEvent } from './example-events.ts'
import { createIntake } from './intake.ts'
import { intakeRoutes } from './intake-routes.ts'

const NOW = Date.UTC(2026, 10, 21)
const ShopEvent = event('ShopEvent', { fields: { userId: id(), at: instant() }, key: 'userId', time: 'at' })
const events = new Map([shopEvent, everyType].map((event) => [event.name, event]))

let log: EventLog
let appended: { topic: string; records: readonly NewRecord[] }[]
let counts: string[]

beforeEach(async () => {
  appended = []
  counts = []
  const { log: memory } = await openTestPlatform({
    catalog: { ...catalogOf([]), events },
    ...{ partitions: 4, startMs: NOW },
  })
  log = {
    ...memory,
    append: (topic, records) => {
      appended.push({ topic, records })
      return memory.append(topic, records)
    },
  }
})

const open = (over: Partial<EventLog> = {}, maxInFlightBytes = 1_000_000) => {
  let ids = 0
  return createIntake({
    log: { ...log, ...over },
    events,
    clock: { now: () => NOW, elapsed: () => 0 },
    newId: () => `random-${++ids}`,
    maxInFlightBytes,
    count: (what, event, n) => counts.push(`${what} ${event} ${n}`),
  })
}

const request = (
  path: string,
  body: string,
  headers: HttpRequest['headers'] = {},
  query = '',
): HttpRequest => ({
  method: 'POST',
  path,
  params: { event: path.split('/')[2] ?? '' },
  query: new URLSearchParams(query),
  headers,
  body: new TextEncoder().encode(body),
})
const post = async (
  path: string,
  body: string,
  headers: HttpRequest['headers'] = {},
  query = '',
  intake = open(),
) => {
  const pattern = path.endsWith('/dead') ? '/events/:event/dead' : '/events/:event'
  const route = intakeRoutes(intake).find(
    (candidate) => candidate.method === 'POST' && candidate.path === pattern,
  )
  if (route === undefined) throw new Error('no route')
  return route.handle(request(path, body, headers, query))
}
const shop = (id: string, user = 'u1') => `{"eventId":"${id}","userId":"${user}","at":${NOW},"type":"click"}`

it('what the platform makes itself is taken from nobody', async () => {
  const large = stream('Large', { from: ShopEvent, key: 'userId' })
  const { events: all } = catalogOf([ShopEvent, large])
  const intake = createIntake({
    ...{ log, events: all, clock: { now: () => NOW, elapsed: () => 0 }, newId: () => 'x' },
    maxInFlightBytes: 1_000_000,
  })
  const sent = intake.accept('Large', [new TextEncoder().encode('{"userId":"u"}')])
  await expect(sent).rejects.toThrow('Large is made of ShopEvent here, so nobody sends it')
  expect(appended).toEqual([])
})

describe('POST /events/:event', () => {
  it('accepts an object, an array and NDJSON, each value byte for byte, on the partition of its key', async () => {
    expect(await post('/events/ShopEvent', shop('a'))).toEqual({
      status: 202,
      body: { accepted: 1, rejected: [] },
    })
    await post('/events/ShopEvent', `[${shop('b', 'u2')}, ${shop('c', 'u3')}]`)
    await post('/events/ShopEvent', `${shop('d')}\n${shop('e')}\n`)
    const records = appended.flatMap((append) => append.records)
    expect(records.map(({ value }) => new TextDecoder().decode(value))).toEqual([
      shop('a'),
      shop('b', 'u2'),
      shop('c', 'u3'),
      shop('d'),
      shop('e'),
    ])
    for (const { key, partition } of records) expect(partition).toBe(partitionFor(key ?? '', 4))
    expect(records[1]?.key).toBe('u2')
    expect(appended[0]?.topic).toBe('event.shop_event')
  })
  it('accepts the good neighbours of a bad record and says which was bad, where and why', async () => {
    const body = `${shop('a')}\n{"eventId":"b","userId":"u","at":${NOW},"typ":"click"}\nnot json\n${shop('c')}`
    const { status, body: answer } = await post('/events/ShopEvent', body, {}, 'receipt=1')
    expect(status).toBe(202)
    expect(answer).toMatchObject({
      accepted: 2,
      rejected: [
        {
          index: 1,
          reasons: [
            { field: 'type', message: 'is missing' },
            { field: 'typ', message: "ShopEvent has no such field (did you mean 'type'?)" },
          ],
        },
        { index: 2, reasons: [{ field: null }] },
      ],
      records: [
        { index: 0, id: 'a', topic: 'event.shop_event', offset: 0 },
        { index: 3, id: 'c', topic: 'event.shop_event', offset: 1 },
      ],
    })
    expect(counts).toEqual(['accepted ShopEvent 2', 'rejected ShopEvent 2'])
  })
  it('answers 400 when all are rejected or there is none, and appends nothing', async () => {
    expect((await post('/events/ShopEvent', '{"eventId":1}')).status).toBe(400)
    expect(await post('/events/ShopEvent', ' ')).toMatchObject({
      status: 400,
      body: { error: { message: 'The body holds no event' } },
    })
    expect(appended.flatMap((append) => append.records)).toEqual([])
  })
  it('gives a random id to an event without one and says so; keeps _id in the header', async () => {
    const plain = `{"key":"k","at":${NOW}}`
    const { body } = await post(
      '/events/EveryType',
      `${plain}\n{"_id":"mine","key":"k","at":${NOW}}\n{"key":"k","_id":"\\u0061","at":${NOW}}`,
    )
    expect(body).toMatchObject({
      accepted: 3,
      withoutId: 1,
      note: expect.stringContaining('1 came without an id'),
    })
    expect(appended[0]?.records.map(({ headers }) => headers['id'])).toEqual(['random-1', 'mine', 'a'])
  })
  it('names an unknown event and the one that was meant', async () => {
    expect(await post('/events/ShopEvnt', '{}')).toMatchObject({
      status: 404,
      body: {
        error: {
          message: "There is no event 'ShopEvnt' (did you mean 'ShopEvent'?)",
          cure: 'events: ShopEvent, EveryType',
        },
      },
    })
  })
  it('tells on request where each partition ends behind the records', async () => {
    const { body } = await post(
      '/events/ShopEvent',
      `${shop('a')}\n${shop('b')}\n${shop('c', 'u2')}`,
      {},
      'receipt=offsets',
    )
    const [one, two] = [partitionFor('u1', 4), partitionFor('u2', 4)]
    const ends = [
      { topic: 'event.shop_event', partition: one, next: 2 },
      { topic: 'event.shop_event', partition: two, next: 1 },
    ].sort((a, b) => a.partition - b.partition)
    expect(one).not.toBe(two)
    expect(body).toMatchObject({ accepted: 3, offsets: ends })
  })
  it('refuses what cannot be JSON', async () => {
    expect((await post('/events/ShopEvent', '<a/>', { 'content-type': 'text/xml' })).status).toBe(415)
  })
  it('rejects a giant alone', async () => {
    const giant = `{"key":"k","at":${NOW},"text":"${'x'.repeat(900_000)}"}`
    const { body } = await post('/events/EveryType', `{"key":"k","at":${NOW}}\n${giant}`)
    expect(body).toMatchObject({
      accepted: 1,
      rejected: [{ index: 1, reasons: [{ message: 'is larger than 900000 bytes' }] }],
    })
  })
  it('answers 503 with Retry-After while Kafka is away, and works again afterwards', async () => {
    let away = true
    const intake = open({
      append: (topic, records) =>
        away
          ? Promise.reject(new PlatformError('UNAVAILABLE', 'Kafka did not confirm', 'again'))
          : log.append(topic, records),
    })
    expect(await post('/events/ShopEvent', shop('a'), {}, '', intake)).toMatchObject({
      status: 503,
      headers: { 'retry-after': '2' },
    })
    away = false
    expect((await post('/events/ShopEvent', shop('a'), {}, '', intake)).status).toBe(202)
  })
  it('turns requests away when too much is in flight', async () => {
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    const slow: EventLog['append'] = async (topic, records) => {
      await held
      return log.append(topic, records)
    }
    const intake = open({ append: slow }, 100)
    const first = post('/events/ShopEvent', shop('a'), {}, '', intake)
    await Promise.resolve()
    expect(await post('/events/ShopEvent', shop('b'), {}, '', intake)).toMatchObject({
      status: 429,
      headers: { 'retry-after': '1' },
    })
    release()
    expect((await first).status).toBe(202)
    expect((await post('/events/ShopEvent', shop('b'), {}, '', intake)).status).toBe(202)
    expect(counts).toContain('shed ShopEvent 1')
  })
})

describe('POST /events/:event/dead', () => {
  it('keeps the line, its number and the reason', async () => {
    const lines = [{ reason: 'quantity: "x" is not a number', file: 'a.csv', line: 7, text: 'x,y' }]
    expect(await post('/events/ShopEvent/dead', JSON.stringify(lines))).toMatchObject({
      status: 202,
      body: { buried: 1 },
    })
    expect(appended[0]).toMatchObject({
      topic: 'event.shop_event.dead',
      records: [{ headers: { reason: lines[0]?.reason, line: '7', file: 'a.csv' } }],
    })
    expect((await post('/events/ShopEvent/dead', '[{}]')).status).toBe(400)
  })
})
