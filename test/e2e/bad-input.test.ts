// Long because it is one table of bad inputs against one platform.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, attempt, BOOTSTRAP, CLI, runFileOf, startPlatform, type Platform } from './platform.ts'

const SALE = {
  invoiceNo: '536365',
  stockCode: '85123A',
  quantity: 6,
  invoiceDate: '2010-12-01T08:26:00Z',
  unitPrice: '2.55',
  country: 'Nowhere',
}
const saleWith = (changes: object): string => JSON.stringify({ ...SALE, ...changes })
const inAnHour = new Date(Date.now() + 3_600_000).toISOString()

let dir: string
let platform: Platform

const post = async (path: string, body: string): Promise<{ status: number; text: string }> => {
  const init = { method: 'POST', body, signal: AbortSignal.timeout(90_000) }
  const response = await fetch(`${platform.url}${path}`, init)
  return { status: response.status, text: await response.text() }
}

/** Lines of one country as GraphQL counts them; null: it has none. */
const linesOf = async (country: string): Promise<number | null> => {
  const query = 'query ($country: String!) { one: revenueByCountry(country: $country) { lines } }'
  const { one } = await platform.graphql<{ one: { lines: number } | null }>(query, { country })
  return one?.lines ?? null
}

const cli = (...args: string[]): ReturnType<typeof attempt> =>
  attempt(process.execPath, [CLI, ...args], { DATA_DIR: platform.dir, TIDEWATER_URL: platform.url })

const written = async (name: string, text: string): Promise<string> => {
  const file = join(dir, name)
  await writeFile(file, text)
  return file
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tidewater-bad-'))
  platform = await startPlatform()
})

afterAll(async () => {
  await platform.stop()
  await rm(dir, { recursive: true, force: true })
})

describe('at the door', () => {
  const sales = '/events/RetailSale'
  it.each([
    ['invalid JSON', sales, '{"invoiceNo": ', 400, /JSON/],
    ['a wrong type', sales, saleWith({ quantity: 'many' }), 400, /quantity.*many|many.*quantity/s],
    ['a missing field', sales, saleWith({ country: undefined }), 400, /country.*missing|missing.*country/s],
    ['an unknown field', sales, saleWith({ quantty: 1 }), 400, /quantty.*did you mean.*quantity/s],
    ['too many digits', sales, saleWith({ unitPrice: '2.5555' }), 400, /unitPrice.*3/s],
    ['a future time', sales, saleWith({ invoiceDate: inAnHour }), 400, /invoiceDate.*future/s],
    ['an unknown event', '/events/RetailSales', saleWith({}), 404, /RetailSales.*did you mean 'RetailSale'/s],
    ['no event at all', sales, '', 400, /no event/],
    ['11 MB', sales, saleWith({ description: 'x'.repeat(11 << 20) }), 413, /larger than 10 MB.*smaller/s],
  ])('refuses %s by a sentence that names it', async (_, path, body, status, words) => {
    const answer = await post(path, body)
    expect(answer.text).toMatch(words)
    expect(answer.status).toBe(status)
    expect(answer.text).not.toMatch(/\bat .*\.ts:\d|node_modules/)
  })

  it('accepts the good neighbours of bad events, in an array and in NDJSON', async () => {
    const lines = [
      saleWith({ country: 'Atlantis' }),
      '{"bad',
      saleWith({ quantity: 'x' }),
      saleWith({ country: 'Atlantis' }),
    ]
    const ndjson = await post(sales, lines.join('\n'))
    expect([ndjson.status, JSON.parse(ndjson.text)]).toMatchObject([
      202,
      { accepted: 2, rejected: [{ index: 1 }, { index: 2, reasons: [{ field: 'quantity' }] }] },
    ])
    const array = await post(sales, `[${lines.filter((line) => line !== '{"bad').join(',')}]`)
    expect([array.status, JSON.parse(array.text)]).toMatchObject([
      202,
      { accepted: 2, rejected: [{ index: 1 }] },
    ])
    await expect.poll(() => linesOf('Atlantis'), { timeout: 10_000 }).toBe(4)
  })
})

describe('in a file', () => {
  const header = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country'
  const row = (n: number, country: string): string => `${n},A,THING,1,2010-12-01 08:26:00,1.5,,${country}`

  it.each([
    ['an empty file', 'empty.csv', '', [], /empty\.csv is empty/],
    ['an unknown column', 'column.csv', `${header},Colour\n${row(1, 'X')},red\n`, [], /Colour.*--ignore/s],
    ['a missing column', 'missing.csv', 'InvoiceNo,StockCode\n1,A\n', [], /quantity.*--map/is],
    [
      'an unknown event',
      'event.csv',
      `${header}\n${row(1, 'X')}\n`,
      ['--event', 'RetailSail'],
      /RetailSale'/,
    ],
  ])('refuses %s before the first row', async (_, name, text, flags, words) => {
    const args = flags.length > 0 ? flags : ['--event', 'RetailSale']
    const { code, out, err } = await cli('load', await written(name, text), ...args)
    expect(out + err).toMatch(words)
    expect(code).toBe(1)
    expect(await linesOf('X')).toBeNull()
  })

  it('buries a broken row in the middle with its line, and loads its neighbours', async () => {
    const rows = Array.from({ length: 400 }, (_, n) => row(n, 'Lemuria'))
    rows[199] = '199,A,THING,one,2010-12-01 08:26:00,1.5,,Lemuria'
    const file = await written('broken.csv', `${[header, ...rows].join('\n')}\n`)
    const { code, out } = await cli('load', file, '--event', 'RetailSale')
    expect(code).toBe(0)
    expect(out).toMatch(/399 new, 0 there already, 1 broken/)
    expect(out).toMatch(/line 201.*quantity/)
    expect(await linesOf('Lemuria')).toBe(399)
    const dead = await cli('dead', 'RetailSale')
    expect(dead.out).toMatch(/broken\.csv:201/)
    expect(dead.out).toContain('199,A,THING,one')
  })
})

describe('in GraphQL', () => {
  it.each([
    ['an unknown view', '{ revenueByCountri(country: "X") { lines } }', 'UNKNOWN_VIEW', /revenueByCountry/],
    [
      'an unknown view by name',
      '{ view(name: "RevenueByCountri") { rows } }',
      'UNKNOWN_VIEW',
      /RevenueByCountry/,
    ],
    ['an unknown field', '{ revenueByCountry(country: "X") { linez } }', 'BAD_INPUT', /linez.*lines/],
    ['limit: 1e9', '{ view(name: "RevenueByCountry", limit: 1000000000) { rows } }', 'LIMIT', /10000/],
    ['first: 1e9', '{ revenueByCountryList(first: 1000000000) { rows { lines } } }', 'LIMIT', /10000/],
  ])('refuses %s by a sentence, a code and a cure', async (_, query, code, words) => {
    const { data, errors } = await ask(platform.url, query)
    expect(data ?? null).toBeNull()
    expect(errors?.[0]?.message).toMatch(words)
    expect(errors?.[0]?.extensions).toMatchObject({ code, cure: expect.stringMatching(/\w/) as string })
  })
})

describe('a server that hangs in the middle', () => {
  const pidOf = async (name: string): Promise<number> => {
    const { processes } = await runFileOf(platform.dir)
    return processes.find((one) => one.name === name)?.pid ?? -1
  }
  const frozen = async (name: string, meanwhile: () => Promise<void>): Promise<void> => {
    const pid = await pidOf(name)
    process.kill(pid, 'SIGSTOP')
    try {
      await meanwhile()
    } finally {
      process.kill(pid, 'SIGCONT')
    }
  }
  const SALES = Array.from({ length: 50 }, (_, n) => saleWith({ country: 'Mu', _id: `mu-${n}` })).join('\n')

  it('Redis: questions get a sentence, events are taken, and nothing is lost', async () => {
    await frozen('redis', async () => {
      const { errors } = await ask(platform.url, '{ revenueByCountryList { rows { lines } } }')
      expect(errors?.[0]?.message).toMatch(/Redis/)
      expect(errors?.[0]?.extensions).toMatchObject({
        code: 'UNAVAILABLE',
        cure: expect.stringMatching(/\w/) as string,
      })
      expect(await post('/events/RetailSale', SALES)).toMatchObject({ status: 202 })
    })
    await expect.poll(() => linesOf('Mu').catch(() => -1), { timeout: 30_000, interval: 250 }).toBe(50)
  })

  it('Kafka: events get a sentence, questions are answered, and what is sent again counts once', async () => {
    await frozen('kafka', async () => {
      const [refused, answered] = await Promise.all([
        post('/events/RetailSale', SALES.replaceAll('mu-', 'again-')),
        linesOf('Mu'),
      ])
      expect(refused.text).toMatch(/Kafka|the log/)
      expect(refused.status).toBe(503)
      expect(answered).toBe(50)
    })
    await expect
      .poll(async () => (await post('/events/RetailSale', SALES.replaceAll('mu-', 'again-'))).status, {
        timeout: 60_000,
      })
      .toBe(202)
    await expect.poll(() => linesOf('Mu'), { timeout: 30_000, interval: 250 }).toBe(100)
  })

  it('leaves an archive that agrees', async () => {
    await expect.poll(async () => (await cli('reconcile', '--json')).code, { timeout: 90_000 }).toBe(0)
  })
})

// At once, each on data of its own: most of their time they wait for what does not answer.
describe.concurrent('at the start', () => {
  const start = async (data: string, env: Record<string, string>, ...args: string[]) => {
    const all = [BOOTSTRAP, 'start', '--no-traffic', '--data', join(dir, data), ...args]
    const { code, out, err } = await attempt(process.execPath, all, env)
    return { code, said: out + err }
  }

  it('names the file and the property of a mistake in a definition', async () => {
    const pipelines = await mkdtemp(join(dir, 'pipelines-'))
    const text = `import { event, id, instant, view, sum } from 'tidewater'
export const Ride = event('Ride', { fields: { rider: id(), at: instant() }, key: 'rider', time: 'at' })
export const Fares = view('Fares', { from: Ride, by: 'rider', measure: (ride) => ({ paid: sum(ride.fare) }) })`
    await writeFile(join(pipelines, 'rides.ts'), text)
    const { code, said } = await start('mistaken', {}, '--pipelines', pipelines)
    expect(said).toMatch(/rides\.ts.*Fares\.measure.*Ride has no field 'fare'/s)
    expect(said).not.toMatch(/\n\s+at /)
    expect(code).not.toBe(0)
  })

  it.each([
    ['Kafka', { KAFKA_BROKERS: '127.0.0.1:1' }],
    ['Redis', { REDIS_URL: 'redis://127.0.0.1:1' }],
  ])('says that %s, given by URL, is away, and leaves nothing running', async (name, env) => {
    const { code, said } = await start(name, env)
    expect(said).toMatch(new RegExp(`${name}.*127\\.0\\.0\\.1:1`))
    expect(said).not.toMatch(/\n\s+at /)
    expect(code).toBe(1)
    await expect(runFileOf(join(dir, name))).rejects.toThrow()
  })
})
