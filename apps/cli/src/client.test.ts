import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PlatformError } from '@tidewater/base'
import { afterEach, expect, it } from 'vitest'
import { ask, platformUrl } from './client.ts'

let server: Server | null = null
const answering = async (status: number, body: string): Promise<string> => {
  server = createServer((_, response) => response.writeHead(status).end(body))
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
afterEach(() => {
  server?.close()
  server = null
})
const failure = async (url: string): Promise<PlatformError> => {
  const error: unknown = await ask({ url }, '{ status { now } }').catch((e: unknown) => e)
  expect(error).toBeInstanceOf(PlatformError)
  return error as PlatformError
}

it('asks', async () => {
  const url = await answering(200, '{"data":{"status":{"now":"x"}}}')
  expect(await ask({ url: `${url}/graphql` }, '{ status { now } }')).toEqual({ status: { now: 'x' } })
})

it('says what the platform says', async () => {
  const url = await answering(
    200,
    '{"data":null,"errors":[{"message":"no view","extensions":{"code":"UNKNOWN_VIEW","cure":"look"}}]}',
  )
  expect(await failure(url)).toMatchObject({ message: 'no view', code: 'UNKNOWN_VIEW', cure: 'look' })
})

it('says that nothing runs, or that something else does', async () => {
  const url = await answering(404, '<html>nginx</html>')
  expect((await failure(url)).message).toContain('not as Tidewater does')
  server?.close()
  server?.closeAllConnections()
  expect((await failure(url)).message).toBe('Tidewater is not running here: npm start')
})

it('finds the platform: flag, TIDEWATER_URL, HTTP_PORT', () => {
  const { TIDEWATER_URL, HTTP_PORT } = process.env
  try {
    process.env['HTTP_PORT'] = '4321'
    delete process.env['TIDEWATER_URL']
    expect(platformUrl(undefined)).toBe('http://127.0.0.1:4321')
    process.env['TIDEWATER_URL'] = 'http://host:1/'
    expect(platformUrl(undefined)).toBe('http://host:1')
    expect(platformUrl('http://other:2/graphql')).toBe('http://other:2')
  } finally {
    for (const [name, value] of Object.entries({ TIDEWATER_URL, HTTP_PORT })) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
})
