import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PlatformError, type ErrorCode } from '@tidewater/base'
import type { HttpAnswer, HttpRoute } from '@tidewater/ports'
import { isTooLarge, readBody } from './http-body.ts'
import { routeTable } from './http-match.ts'
import type { Log } from './log.ts'

export interface HttpServerOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly maxBodyBytes: number
  readonly routes: readonly HttpRoute[]
  /** Asked first: answers true when it takes the request over (GraphQL, streams, static files). */
  readonly intercept?: (request: IncomingMessage, response: ServerResponse) => boolean
  readonly log: Log
  readonly onAnswer?: (route: string, status: number, ms: number) => void
}

export interface HttpServer {
  /** 'http://127.0.0.1:4000' */
  readonly url: string
  readonly port: number
  /** Takes no new requests, lets running ones finish (5 s), then closes. */
  stop(): Promise<void>
}

const FINISH_WITHIN_MS = 5_000

/** A small HTTP/1.1 server: routes, body limit, timeouts, JSON errors. Rejects with a sentence when the port is taken. */
export const startHttpServer = async (options: HttpServerOptions): Promise<HttpServer> => {
  const match = routeTable(options.routes)
  const server = createServer((request, response) => {
    if (options.intercept?.(request, response) === true) return
    const started = performance.now()
    answer(request, match, options)
      .then(({ route, answered }) => {
        send(request, response, answered)
        options.onAnswer?.(route, answered.status, performance.now() - started)
      })
      .catch((error: unknown) => {
        options.log.error('an answer could not be sent', { error })
        response.destroy()
      })
  })
  // A slow sender may not hold a connection for ever.
  server.headersTimeout = 15_000
  server.requestTimeout = 60_000
  server.keepAliveTimeout = 30_000
  server.maxHeadersCount = 100
  await listen(server, options)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    port,
    stop: () => stop(server),
  }
}

const listen = (server: Server, { host, port }: HttpServerOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') return reject(error)
      reject(
        new PlatformError(
          'BAD_CONFIG',
          `Port ${port} is taken by another process`,
          'stop it, or choose another with --port or HTTP_PORT',
        ),
      )
    })
    server.listen(port, host, resolve)
  })

const stop = async (server: Server): Promise<void> => {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
  server.closeIdleConnections()
  const late = setTimeout(() => server.closeAllConnections(), FINISH_WITHIN_MS)
  await closed
  clearTimeout(late)
}

type Match = ReturnType<typeof routeTable>

const answer = async (
  request: IncomingMessage,
  match: Match,
  options: HttpServerOptions,
): Promise<{ readonly route: string; readonly answered: HttpAnswer }> => {
  const method = request.method ?? 'GET'
  const [path = '/', search = ''] = splitUrl(request.url ?? '/')
  const matched = match(method, path)
  if (matched.kind === 'nothing') {
    return {
      route: 'none',
      answered: problem(404, 'BAD_INPUT', `There is nothing at ${path.slice(0, 100)}`, pathsOf(options)),
    }
  }
  if (matched.kind === 'wrong-method') {
    const allow = matched.allowed.join(', ')
    const answered = problem(
      405,
      'BAD_INPUT',
      `${method} is not allowed at ${path.slice(0, 100)}`,
      `use ${allow}`,
    )
    return { route: 'none', answered: { ...answered, headers: { allow } } }
  }
  const { route, params } = matched
  try {
    const body = await readBody(request, options.maxBodyBytes)
    const query = new URLSearchParams(search)
    return {
      route: route.path,
      answered: await route.handle({ method, path, params, query, headers: request.headers, body }),
    }
  } catch (error) {
    return { route: route.path, answered: failure(error, options.log) }
  }
}

const splitUrl = (url: string): readonly [string, string] => {
  const at = url.indexOf('?')
  return at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)]
}

const pathsOf = ({ routes }: HttpServerOptions): string =>
  routes.map(({ method, path }) => `${method} ${path}`).join(', ')

const STATUS: Partial<Record<ErrorCode, number>> = {
  BAD_INPUT: 400,
  UNKNOWN_VIEW: 404,
  LIMIT: 413,
  NOT_READY: 503,
  UNAVAILABLE: 503,
  TIMEOUT: 504,
}

const failure = (error: unknown, log: Log): HttpAnswer => {
  if (error instanceof PlatformError) {
    const answered = problem(STATUS[error.code] ?? 500, error.code, error.message, error.cure)
    return isTooLarge(error) ? { ...answered, headers: { connection: 'close' } } : answered
  }
  log.error('a request failed', { error })
  return problem(500, 'INTERNAL', 'Something went wrong on our side', 'the log of this process says what')
}

const problem = (status: number, code: string, message: string, cure: string): HttpAnswer => ({
  status,
  body: { error: { code, message, cure } },
})

const send = (
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: HttpAnswer,
): void => {
  const plain = typeof body === 'string' || body instanceof Uint8Array
  const bytes = plain ? Buffer.from(body) : Buffer.from(JSON.stringify(body))
  response.writeHead(status, {
    'content-type': plain ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8',
    'content-length': bytes.length,
    ...headers,
  })
  response.end(request.method === 'HEAD' ? undefined : bytes)
}
