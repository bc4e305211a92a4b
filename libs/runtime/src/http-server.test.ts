import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { PlatformError } from '@tidewater/base'
import type { HttpRoute } from '@tidewater/ports'
import { afterEach, describe, expect, it } from 'vitest'
import { type HttpServer, startHttpServer } from './http-server.ts'
import { silentLog } from './log.ts'

const routes: readonly HttpRoute[] = [
  {
    method: 'POST',
    path: '/echo/:name',
    handle: ({ params, body, query }) => ({
      status: 201,
      body: { ...params, q: query.get('q'), bytes: body.length },
    }),
  },
  { method: 'GET', path: '/text', handle: () => ({ status: 200, body: 'plain' }) },
  {
    method: 'GET',
    path: '/away',
    handle: () => {
      throw new PlatformError('UNAVAILABLE', 'Kafka is away', 'start it')
    },
  },
  { method: 'GET', path: '/bug', handle: () => Promise.reject(new Error('secret detail')) },
]

let server: HttpServer | null = null
const start = async (): Promise<string> => {
  server = await startHttpServer({ host: '127.0.0.1', port: 0, maxBodyBytes: 1_000, routes, log: silentLog })
  return server.url
}
afterEach(async () => {
  await server?.stop()
  server = null
})

const call = async (
  url: string,
  init?: RequestInit,
): Promise<{ status: number; body: unknown; headers: Headers }> => {
  const response = await fetch(url, init)
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: text.startsWith('{') ? JSON.parse(text) : text,
  }
}

describe('the HTTP server', () => {
  it('finds routes, parameters, query and body', async () => {
    const url = await start()
    expect(await call(`${url}/echo/a%20b?q=1`, { method: 'POST', body: 'xyz' })).toMatchObject({
      status: 201,
      body: { name: 'a b', q: '1', bytes: 3 },
    })
    expect(await call(`${url}/text`)).toMatchObject({ status: 200, body: 'plain' })
    expect(
      await call(`${url}/echo/z`, {
        method: 'POST',
        body: gzipSync('y'.repeat(900)),
        headers: { 'content-encoding': 'gzip' },
      }),
    ).toMatchObject({ body: { bytes: 900 } })
  })
  it('answers errors as JSON sentences, and hides what is ours', async () => {
    const url = await start()
    expect(await call(`${url}/nowhere`)).toMatchObject({
      status: 404,
      body: { error: { message: 'There is nothing at /nowhere' } },
    })
    const wrong = await call(`${url}/text`, { method: 'POST', body: '' })
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET'])
    expect(await call(`${url}/away`)).toMatchObject({
      status: 503,
      body: { error: { code: 'UNAVAILABLE', message: 'Kafka is away', cure: 'start it' } },
    })
    const bug = await call(`${url}/bug`)
    expect([bug.status, JSON.stringify(bug.body).includes('secret')]).toEqual([500, false])
  })
  it('refuses a body beyond the limit, also one that unzips beyond it', async () => {
    const url = await start()
    const large = await call(`${url}/echo/x`, { method: 'POST', body: 'x'.repeat(5_000) })
    expect(large).toMatchObject({
      status: 413,
      body: { error: { code: 'LIMIT', message: 'The body is larger than 1000 bytes' } },
    })
    const bomb = {
      method: 'POST',
      body: gzipSync('x'.repeat(500_000)),
      headers: { 'content-encoding': 'gzip' },
    }
    expect((await call(`${url}/echo/x`, bomb)).status).toBe(413)
  })
  it('names a port that is taken', async () => {
    await start()
    const again = startHttpServer({
      host: '127.0.0.1',
      port: server?.port ?? 0,
      maxBodyBytes: 1,
      routes: [],
      log: silentLog,
    })
    await expect(again).rejects.toThrow(`Port ${server?.port} is taken`)
  })
  it('stops although a keep-alive connection is open', async () => {
    const url = new URL(await start())
    const socket = connect(Number(url.port), url.hostname)
    await new Promise((resolve) => socket.write('GET /text HTTP/1.1\r\nhost: x\r\n\r\n', resolve))
    await new Promise((resolve) => socket.once('data', resolve))
    const started = performance.now()
    await server?.stop()
    expect(performance.now() - started).toBeLessThan(2_000)
    socket.destroy()
  })
})
