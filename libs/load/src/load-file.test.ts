import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { openDuckdb } from '@tidewater/adapter-duckdb'
import { compileDecoder, isRejected, sentenceOfRejection } from '@tidewater/engine-ingest'
import { loadCatalog } from '@tidewater/runtime'
import type { EventDefinition } from 'tidewater'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EncodeOptions, rowEncoder } from './encode-row.ts'
import type { DeadLine, IntakeClient } from './intake-client.ts'
import { loadFile } from './load-file.ts'
import { openFile } from './open-file.ts'
import { planMapping } from './plan-mapping.ts'

const plain: EncodeOptions = {
  zone: 'UTC',
  timeFormat: null,
  decimal: '.',
  thousands: '',
  nulls: [],
  idColumns: [],
}
const NOW = Date.UTC(2026, 10, 21)

let dir: string
let sale: EventDefinition
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tidewater-load-'))
  const found = (await loadCatalog({ dirs: [] })).events.get('RetailSale')
  if (found === undefined) throw new Error('no RetailSale')
  sale = found
})
afterAll(async () => rm(dir, { recursive: true, force: true }))

/** A door that judges as the real one does and keeps what came. */
const door = () => {
  const decode = compileDecoder(sale)
  const kept = new Map<string, Record<string, unknown>>()
  const buried: DeadLine[] = []
  const posted: string[] = []
  const client: IntakeClient = {
    definition: () => Promise.resolve(sale),
    post: (_, lines) => {
      const rejected = lines.flatMap((line, index) => {
        posted.push(line)
        const row = decode(new TextEncoder().encode(line), NOW)
        if (isRejected(row)) return [{ index, reasons: [{ field: null, message: sentenceOfRejection(row) }] }]
        kept.set(String(JSON.parse(line)._id), row)
        return []
      })
      const accepted = lines.length - rejected.length
      return Promise.resolve({
        accepted,
        rejected,
        offsets: [{ topic: 't', partition: 0, next: posted.length }],
      })
    },
    postDead: (_, lines) => {
      buried.push(...lines)
      return Promise.resolve()
    },
    applied: () => Promise.resolve(null),
    lakeDir: () => Promise.resolve(null),
    flush: () => Promise.resolve(),
  }
  return { client, kept, buried, posted }
}

const load = async (
  path: string,
  to: ReturnType<typeof door>,
  options: Partial<EncodeOptions> = {},
  known = new Set<string>(),
  limit = Infinity,
) => {
  const file = await openFile(path)
  const mapping = planMapping(sale, file.columns, { map: [], ignore: [] })
  return loadFile({
    event: sale.name,
    file,
    encode: rowEncoder(sale, file.columns, mapping, { ...plain, ...options }),
    client: to.client,
    known: {
      known: (ids) => Promise.resolve(new Set(ids.filter((id) => known.has(id)))),
      close: () => Promise.resolve(),
    },
    maxErrors: 0.01,
    limit,
    speed: null,
    onProgress: () => undefined,
  })
}
const write = async (name: string, content: string | Buffer): Promise<string> => {
  const path = join(dir, name)
  await writeFile(path, content)
  return path
}

const HEADER = 'InvoiceNo,Stock_Code,DESCRIPTION,Quantity,Invoice Date,Unit-Price,CustomerID,Country'
const row = (i: number) => `${i},a${i % 7},"x ""y"", ü",${i % 5},2011-01-01 10:00:00,2.5,,United Kingdom`
const csv = (rows: readonly string[]) => `\ufeff${HEADER}\r\n${rows.join('\r\n')}\r\n`

describe('a file', () => {
  it('is mapped ignoring case, _, - and space; text stays byte for byte; empty is missing', async () => {
    const to = door()
    const result = await load(await write('a.csv', csv([row(1)])), to)
    expect(result).toMatchObject({ read: 1, sent: 1, duplicates: 0, broken: 0 })
    expect([...to.kept.values()]).toEqual([
      {
        invoiceNo: '1',
        stockCode: 'a1',
        description: 'x "y", ü',
        quantity: 1,
        invoiceDate: Date.UTC(2011, 0, 1, 10),
        unitPrice: 2500,
        customerId: null,
        country: 'United Kingdom',
      },
    ])
  })
  it('gives the same ids repeated, sorted otherwise, extended, zipped or as JSONL; exact repeats stay apart', async () => {
    const rows = [row(1), row(2), row(1), row(3), row(1)]
    const first = door()
    await load(await write('one.csv', csv(rows)), first)
    expect(first.kept.size).toBe(5)
    const ids = new Set(first.kept.keys())
    const again = door()
    await load(await write('sorted.csv.gz', gzipSync(csv([...rows].reverse()))), again)
    expect(new Set(again.kept.keys())).toEqual(ids)
    const extended = door()
    const result = await load(await write('more.csv', csv([row(9), ...rows])), extended, {}, ids)
    expect(result).toMatchObject({ read: 6, sent: 1, duplicates: 5 })
    const json = rows.map(
      (line) =>
        `{"invoiceNo":"${line.split(',')[0]}","stockCode":"${line.split(',')[1]}","description":"x \\"y\\", ü","quantity":${line.split(',').at(-5)},"invoiceDate":"2011-01-01T10:00:00Z","unitPrice":2.50,"customerId":null,"country":"United Kingdom"}`,
    )
    const lines = door()
    await load(await write('same.jsonl', json.join('\n')), lines)
    expect(new Set(lines.kept.keys())).toEqual(ids)
  })
  it('may be Parquet', async () => {
    const path = join(dir, 'a.parquet')
    const duckdb = await openDuckdb({ path: ':memory:' })
    await duckdb.execute(
      `COPY (SELECT '1' AS InvoiceNo, 'a1' AS StockCode, 'x "y", ü' AS Description, 1 AS Quantity, TIMESTAMP '2011-01-01 10:00:00' AS InvoiceDate,
       2.5::DECIMAL(9,2) AS UnitPrice, NULL::VARCHAR AS CustomerID, 'United Kingdom' AS Country)
       TO '${path}' (FORMAT parquet)`,
    )
    await duckdb.close()
    const [parquet, text] = [door(), door()]
    await load(path, parquet)
    await load(await write('b.csv', csv([row(1)])), text)
    expect([...parquet.kept]).toEqual([...text.kept])
  })
  it('with a broken row in the middle is loaded around it; the row lies in the dead letters with its line', async () => {
    const to = door()
    const rows = [row(1), '2,b,,oops,2011-01-01 10:00,2.5,,UK', '3,b,,6', '4,b,,6,2030-01-01,2.5,,UK', row(5)]
    const result = await load(await write('broken.csv', csv(rows)), to)
    expect(result).toMatchObject({ read: 5, sent: 2, broken: 3 })
    expect(to.buried.map(({ line, reason }) => `${line} ${reason}`)).toEqual([
      '3 quantity: "oops" is not a number',
      '4 has 4 cells, the header has 8',
      expect.stringContaining('5 invoiceDate: 2030-01-01T00:00:00.000Z is more than 10 min in the future'),
    ])
    expect(to.buried[0]).toMatchObject({ file: 'broken.csv', text: '2,b,,oops,2011-01-01 10:00,2.5,,UK' })
  })
  it('stops when too many rows are broken, and says so with examples', async () => {
    const rows = Array.from({ length: 3_000 }, (_, i) =>
      i % 50 === 0 ? `${i},b,,x,2011-01-01,2.5,,UK` : row(i),
    )
    const stopped = load(await write('many.csv', csv(rows)), door())
    await expect(stopped).rejects.toThrow(
      /^Stopped after 1000 rows: 20 of them \(2\.0 %\) are broken.*--max-errors 1%\n {2}line 2: quantity/,
    )
  })
  it('takes --limit rows, decimal commas, other words for missing, other times and zones', async () => {
    const to = door()
    const rows = ['1,a,n/a,1.234,31/12/2010 23:30,"1.000,5",,DE', '2,a,,1,31/12/2010 23:30,1,,DE']
    const options = {
      decimal: ',',
      thousands: '.',
      nulls: ['n/a'],
      timeFormat: '%d/%m/%Y %H:%M',
      zone: 'Europe/Berlin',
    }
    expect(await load(await write('de.csv', csv(rows)), to, options, new Set(), 1)).toMatchObject({
      read: 1,
      sent: 1,
    })
    expect([...to.kept.values()]).toMatchObject([
      {
        description: null,
        quantity: 1234,
        unitPrice: 1_000_500,
        invoiceDate: Date.UTC(2010, 11, 31, 22, 30),
      },
    ])
  })
  it('may bring its own ids', async () => {
    const to = door()
    await load(await write('id.csv', csv([row(1), row(2)])), to, { idColumns: ['InvoiceNo'] })
    await load(await write('ids.csv', csv([row(3)])), to, { idColumns: ['InvoiceNo', 'Stock_Code'] })
    expect([...to.kept.keys()]).toEqual(['1', '2', '["3","a3"]'])
  })
  it('that is empty, missing, cut off or of an unknown format says so', async () => {
    await expect(openFile(await write('empty.csv', ''))).rejects.toThrow('empty.csv is empty')
    await expect(openFile(await write('empty.csv.gz', gzipSync('')))).rejects.toThrow(
      'empty.csv.gz holds no row',
    )
    await expect(openFile(join(dir, 'nowhere.csv'))).rejects.toThrow('There is no file')
    await expect(openFile(await write('a.xlsx', 'PK'))).rejects.toThrow('.xlsx is not a format I can load')
    expect((await openFile(await write('log.1', 'x'), 'apache')).columns).toContain('agent')
    const whole = gzipSync(csv(Array.from({ length: 5_000 }, (_, i) => row(i))))
    const cut = await write('cut.csv.gz', whole.subarray(0, whole.length / 2))
    await expect(load(cut, door())).rejects.toThrow('ends in the middle')
  })
})
