import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sentenceOf } from '@tidewater/base'
import type { Catalog } from 'tidewater'
import { afterEach, expect, test } from 'vitest'
import { loadCatalog } from './load-catalog.ts'

const made: string[] = []
afterEach(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true })
})

const directory = (files: Readonly<Record<string, string>>): string => {
  const dir = mkdtempSync(join(tmpdir(), 'tidewater-pipelines-'))
  made.push(dir)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(dir, name, '..'), { recursive: true })
    writeFileSync(join(dir, name), text)
  }
  return dir
}

const EVENT = `
import { count, event, file, id, instant, latest, sum, table, text, decimal, view } from 'tidewater'
export const Order = event('Order', { fields: { orderId: id(), at: instant(), itemId: id(), amount: decimal(9, 2).optional() }, key: 'orderId', time: 'at' })
`
const VIEW = `export const Orders = view('Orders', { from: Order, by: 'itemId', measure: (e) => ({ orders: count(), revenue: sum(e.amount) }) })\n`

const refused = async (files: Readonly<Record<string, string>>): Promise<string> => {
  try {
    await loadCatalog({ dirs: [directory(files)], only: true })
  } catch (error) {
    return sentenceOf(error)
  }
  return 'loaded'
}

const BUILT_IN = [
  'Impression',
  'Click',
  'ShopEvent',
  'Tick',
  'RetailSale',
  'SensorReading',
  'Edit',
  'WebRequest',
]
/** Events that come in at the door. */
const comingIn = ({ events }: Catalog): readonly string[] =>
  [...events.values()].filter(({ madeBy }) => madeBy === null).map(({ name }) => name)

test('the built-in pipelines load, with their tables', async () => {
  const catalog = await loadCatalog({ dirs: [] })
  expect(comingIn(catalog)).toEqual(BUILT_IN)
  expect([...catalog.views.keys()]).toEqual(
    expect.arrayContaining(['UserActivity', 'SalesByProduct', 'SalesByCategory']),
  )
  expect(catalog.contents.get('Product')?.rows.get('p001')).toEqual({
    productId: 'p001',
    name: 'Enamel mug',
    category: 'kitchen',
    brand: 'Harbour & Co',
    price: 950,
  })
  expect(catalog.contents.get('Product')?.hash).toMatch(/^[0-9a-f]{64}$/)
  expect(catalog.sources.get('UserActivity')).toBe('commerce/views.ts')
})

test('a directory adds to the built-in pipelines, or replaces them', async () => {
  const dir = directory({ 'shop.ts': EVENT + VIEW })
  const added = await loadCatalog({ dirs: [dir] })
  expect(comingIn(added)).toEqual([...BUILT_IN, 'Order'])
  const alone = await loadCatalog({ dirs: [dir], only: true })
  expect([...alone.views.keys()]).toEqual(['Orders'])
})

test('one bare file runs whatever package.json says: none, commonjs, module', async () => {
  for (const json of [null, '{"type":"commonjs"}', '{"type":"module"}']) {
    const dir = directory({
      ...(json === null ? {} : { 'package.json': json }),
      'deep/er/shop.ts': EVENT + VIEW,
    })
    const catalog = await loadCatalog({ dirs: [dir], only: true })
    expect(catalog.sources.get('Orders')).toBe('deep/er/shop.ts')
  }
})

test('files import each other; tests, declarations and node_modules are left alone', async () => {
  const dir = directory({
    'events.ts': EVENT,
    'views.ts': `import { count, sum, view } from 'tidewater'\nimport { Order } from './events.ts'\nexport { Order }\n${VIEW}`,
    'views.test.ts': 'throw new Error("never")',
    'types.d.ts': 'throw new Error("never")',
    'node_modules/x/index.ts': 'throw new Error("never")',
    '.hidden/x.ts': 'throw new Error("never")',
  })
  const catalog = await loadCatalog({ dirs: [dir], only: true })
  expect(catalog.sources.get('Order')).toBe('events.ts')
})

test('a mistake is told with file and property', async () => {
  expect(
    await refused({
      'events.ts': EVENT,
      'views.ts': `import { count, sum, view } from 'tidewater'\nimport { Order } from './events.ts'\n${VIEW.replace('e.amount', 'e.amonut')}`,
    }),
  ).toBe("views.ts: Orders.measure: Order has no field 'amonut' (did you mean 'amount'?)")
  // also when another file imports it first
  expect(
    await refused({ 'a.ts': "export * from './b.ts'", 'b.ts': EVENT + VIEW.replace("'itemId'", "'amount'") }),
  ).toContain("b.ts: Orders.by: key 'amount' may be missing")
  expect(await refused({ 'shop.ts': `${EVENT}enum A { B }` })).toMatch(/^shop\.ts: .*enum/)
  expect(await refused({ 'shop.ts': "import x from 'no-such-package'" })).toMatch(
    /^shop\.ts: .*no-such-package/,
  )
})

const streamOf = (name: string, from: string): string =>
  `export const ${name} = stream('${name}', { from: ${from} })\n`

test('streams that are made of each other are refused, in one file and in two', async () => {
  const language = "import { stream } from 'tidewater'\n"
  expect(await refused({ 'shop.ts': `${language}${streamOf('A', 'B')}${streamOf('B', 'A')}` })).toBe(
    "shop.ts: 'B' is used before it is defined: it stands further down, or is made of what is made of it (define 'B' first, of something that is not made of it)",
  )
  const across = await refused({
    'a.ts': `${language}import { B } from './b.ts'\n${streamOf('A', 'B')}`,
    'b.ts': `${language}import { A } from './a.ts'\n${streamOf('B', 'A')}`,
  })
  expect(across).toMatch(/^b\.ts: 'A' is used before it is defined/)
  expect(await refused({ 'shop.ts': `${language}${streamOf('A', 'A')}` })).toMatch(
    /^shop\.ts: 'A' is used before/,
  )
})

test('a name has one definition, and its export is called the same', async () => {
  expect(await refused({ 'a.ts': EVENT, 'b.ts': EVENT })).toMatch(
    /two definitions are named Order: one in .*a\.ts, one in .*b\.ts \(rename/,
  )
  expect(await refused({ 'a.ts': EVENT.replace('const Order =', 'const Odrer =') })).toBe(
    "a.ts: 'Odrer' is exported, but the definition is named 'Order' (give both one name)",
  )
})

test('nothing to load is said', async () => {
  expect(await refused({ 'notes.txt': '' })).toContain('holds no *.ts file')
  expect(await refused({ 'a.ts': 'export const x = 1' })).toContain('no definition is exported below')
  await expect(loadCatalog({ dirs: ['/no/such/place'] })).rejects.toThrow(
    'there is no pipelines directory /no/such/place',
  )
})

const TABLE = `${EVENT}export const Item = table('Item', { fields: { itemId: id(), label: text().optional(), price: decimal(6, 2) }, key: 'itemId', from: file('items.csv') })\n`

test('a table is read from CSV or JSONL, exactly', async () => {
  const csv = '\uFEFFITEM_ID,price,label\r\na,1.5,"x, ""y"""\r\nb,002.50,\r\n"c\nd",0,z'
  const catalog = await loadCatalog({ dirs: [directory({ 'shop.ts': TABLE, 'items.csv': csv })], only: true })
  expect([...(catalog.contents.get('Item')?.rows.values() ?? [])]).toEqual([
    { itemId: 'a', price: 150, label: 'x, "y"' },
    { itemId: 'b', price: 250, label: null },
    { itemId: 'c\nd', price: 0, label: 'z' },
  ])
  const jsonl = '{"itemId":"a","price":"1.50"}\n\n{"itemId":"b","price":2.5,"label":"y"}\n'
  const same = await loadCatalog({
    dirs: [directory({ 'shop.ts': TABLE.replace('.csv', '.jsonl'), 'items.jsonl': jsonl })],
    only: true,
  })
  expect(same.contents.get('Item')?.rows.get('b')).toEqual({ itemId: 'b', price: 250, label: 'y' })
})

test.each([
  ['no file', null, 'shop.ts: Item.from: items.csv: cannot read'],
  ['empty', '', 'items.csv: is empty'],
  ['no column', 'itemId,prize\na,1', "has no column 'price' (did you mean 'prize'?)"],
  [
    'too many digits',
    'itemId,price\na,1.555',
    'line 2: price is "1.555" (it must be a number with at most 6 digits, 2 after the point)',
  ],
  ['missing', 'itemId,price\na,1\nb,', 'line 3: price is ""'],
  ['twice', 'itemId,price\na,1\na,2', "lines 2 and 3 have the same itemId 'a'"],
  ['ragged', 'itemId,price\na,1,2', 'line 2 has 3 cells, the header has 2'],
  ['open quote', 'itemId,price\n"a,1', 'a quote is not closed'],
])('a table with %s is refused', async (_, csv, sentence) => {
  expect(await refused({ 'shop.ts': TABLE, ...(csv === null ? {} : { 'items.csv': csv }) })).toContain(
    sentence,
  )
})
