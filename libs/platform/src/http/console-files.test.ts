import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { createConsoleFiles } from './console-files.ts'

const built = mkdtempSync(join(tmpdir(), 'tidewater-console-'))
mkdirSync(join(built, 'assets'))
writeFileSync(join(built, 'index.html'), '<!doctype html><title>Tidewater</title>')
writeFileSync(join(built, 'assets', 'index-abc.js'), 'start()')
writeFileSync(join(built, 'secret.txt'), 'beside the pages, and so one of them')

let server: Server | null = null
const open = async (directory: string): Promise<string> => {
  const handler = createConsoleFiles(directory)
  server = createServer((request, response) => {
    if (!handler(request, response)) response.writeHead(404).end('not the console’s')
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
afterEach(async () => {
  await new Promise((resolve) => (server === null ? resolve(null) : server.close(resolve)))
})

afterAll(() => rmSync(built, { recursive: true, force: true }))

describe('a browser at the port', () => {
  it('gets the console at /, and at the address of each of its pages', async () => {
    const url = await open(built)
    for (const path of ['/', '/views/UserActivity?tab=explain', '/pipeline', '/generations']) {
      const answer = await fetch(`${url}${path}`)
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
      expect(await answer.text()).toContain('<title>Tidewater</title>')
    }
  })

  it('keeps what is named by its content, and asks again for the page itself', async () => {
    const url = await open(built)
    const script = await fetch(`${url}/assets/index-abc.js`)
    expect(script.headers.get('cache-control')).toContain('immutable')
    const page = await fetch(url)
    expect(page.headers.get('cache-control')).toBe('no-cache')
    const again = await fetch(url, { headers: { 'if-none-match': page.headers.get('etag') ?? '' } })
    expect(again.status).toBe(304)
  })

  it('is told to run nothing but the console’s own scripts', async () => {
    const policy = (await fetch(await open(built))).headers.get('content-security-policy')
    expect(policy).toContain("script-src 'self';")
    expect(policy).toContain("frame-ancestors 'none'")
  })

  it('leaves every other path, other methods and files beside the console alone', async () => {
    const url = await open(built)
    for (const path of ['/health', '/events/ShopEvent', '/assets/gone.js', '/%2e%2e/secret'])
      expect((await fetch(`${url}${path}`)).status).toBe(404)
    expect((await fetch(url, { method: 'POST' })).status).toBe(404)
  })

  it('reads how to get the console where it is not built', async () => {
    const answer = await fetch(await open(join(built, 'nowhere')))
    expect([answer.status, await answer.text()]).toEqual([
      503,
      expect.stringContaining('npm start builds it'),
    ])
  })
})
