import { execFile } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { repository } from '../stack/run-file.ts'

const scratch = mkdtempSync(join(tmpdir(), 'tidewater-definitions-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

interface Answer {
  readonly code: number
  readonly text: string
}

const run = (file: string, args: readonly string[]): Promise<Answer> =>
  new Promise((done) => {
    const env = { ...process.env, PIPELINES_DIR: '', INIT_CWD: scratch }
    execFile(process.execPath, [file, ...args], { cwd: scratch, env }, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : Number(error.code ?? 1), text: `${stdout}${stderr}` }),
    )
  })

const tidewater = (...args: readonly string[]): Promise<Answer> =>
  run(join(repository, 'apps', 'cli', 'src', 'main.ts'), args)
const tsc = (...args: readonly string[]): Promise<Answer> =>
  run(join(repository, 'node_modules', 'typescript', 'bin', 'tsc'), args)

const fresh = async (name: string): Promise<string> => {
  const made = await tidewater('init', name)
  expect(made.code, made.text).toBe(0)
  return join(scratch, name)
}

test('init makes a directory that passes check, and keeps what is there', async () => {
  const dir = await fresh('shop')
  expect(readlinkSync(join(dir, 'node_modules', 'tidewater'))).toContain(join('libs', 'core', 'define'))
  const checked = await tidewater('check', 'shop')
  expect(checked).toEqual({ code: 0, text: expect.stringContaining('✓ SQL') as string })
  writeFileSync(join(dir, 'README.md'), 'mine')
  rmSync(join(dir, 'tsconfig.json'))
  expect((await tidewater('init', 'shop')).text).toContain('kept    README.md')
  expect(readFileSync(join(dir, 'README.md'), 'utf8')).toBe('mine')
  expect(existsSync(join(dir, 'tsconfig.json'))).toBe(true)
})

test('inferred types need no name that the language does not export', async () => {
  const dir = await fresh('emitted')
  const emitted = await tsc(
    '-p',
    dir,
    '--noEmit',
    'false',
    '--declaration',
    '--emitDeclarationOnly',
    '--outDir',
    join(dir, 'out'),
  )
  expect(emitted).toEqual({ code: 0, text: '' })
  expect(readFileSync(join(dir, 'out', 'shop.d.ts'), 'utf8')).toContain(
    'CustomerOrders: import("tidewater").View<',
  )
})

test('check tells what does not fit: first the types, else the definitions', async () => {
  const dir = await fresh('wrong')
  const shop = join(dir, 'shop.ts')
  writeFileSync(shop, readFileSync(shop, 'utf8').replace('latest(e.itemId)', 'latest(e.itmeId)'))
  const typed = await tidewater('check', 'wrong')
  expect(typed.code).toBe(1)
  expect(typed.text).toContain("Did you mean 'itemId'?")
  rmSync(join(dir, 'tsconfig.json'))
  const loaded = await tidewater('check', 'wrong')
  expect(loaded.code).toBe(1)
  expect(loaded.text).toContain('has no tsconfig.json')
  expect(loaded.text).toContain(
    "shop.ts: CustomerOrders.measure: Order has no field 'itmeId' (did you mean 'itemId'?)",
  )
  expect((await tidewater('check', 'nowhere')).text).toContain('npx --no tidewater init')
})

test('views lists what is loaded, as a table and as JSON', async () => {
  await fresh('listed')
  const table = await tidewater('views', '--pipelines', 'listed')
  expect(table.text).toMatch(
    /^ItemSales +Order +itemId +calendar day, UTC +orders pieces revenue +shop\.ts$/m,
  )
  const json = JSON.parse((await tidewater('views', '--pipelines', 'listed', '--only', '--json')).text) as {
    readonly name: string
  }[]
  expect(json.map((view) => view.name)).toEqual(['CustomerOrders', 'ItemSales'])
})

test('explain shows parts, state and both SQLs; an unknown view is answered with the nearest', async () => {
  const told = await tidewater('explain', 'RevenueByCountry')
  expect(told.text).toContain('sum(quantity.times(unitPrice))')
  expect(told.text).toContain('-- duckdb: state')
  expect(told.text).toContain('-- clickhouse: answer')
  expect((await tidewater('explain', 'RevenueByContry')).text).toContain("(did you mean 'RevenueByCountry'?)")
})

test('a bare file in a commonjs folder is checked too', async () => {
  const dir = join(scratch, 'bare')
  mkdirSync(dir)
  writeFileSync(join(dir, 'package.json'), '{"type":"commonjs"}')
  writeFileSync(join(dir, 'shop.ts'), readFileSync(join(await fresh('other'), 'shop.ts'), 'utf8'))
  expect((await tidewater('check', join(dir, 'shop.ts'))).text).toContain('✓ SQL')
  expect((await tidewater('init', dir)).text).toContain('kept    package.json')
  expect((await tidewater('check', dir)).text).toMatch(/✓ types[^]*✓ SQL/)
})
