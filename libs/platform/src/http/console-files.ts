import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, relative, sep } from 'node:path'
import { gzipSync } from 'node:zlib'
import { isSystemError } from '@tidewater/runtime'

/** Answers true when it took the request over. */
export type FilesHandler = (request: IncomingMessage, response: ServerResponse) => boolean

/** The console's pages: an address of one is answered by index.html, which shows what it names. */
const PAGES = ['', 'views', 'pipeline', 'generations', 'query', 'entity']

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** A page of ours runs our own scripts and asks our own server, whatever text an event brought with it. */
const GUARDS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

interface Held {
  readonly type: string
  readonly etag: string
  readonly body: Buffer
  readonly gzipped: Buffer
  /** Named after its content: it never changes. */
  readonly isForEver: boolean
}

/** The built console below `directory`, held in memory; where it is not built, its pages say how to. */
export const createConsoleFiles = (directory: string): FilesHandler => {
  const files = readFiles(directory)
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false
    const [path = '/'] = (request.url ?? '/').split('?')
    const file = files.get(path) ?? (isPage(path) ? files.get('/index.html') : undefined)
    if (file !== undefined) send(request, response, file)
    else if (isPage(path)) sayNotBuilt(response)
    else return false
    return true
  }
}

const isPage = (path: string): boolean => PAGES.includes(path.split('/')[1] ?? '')

const readFiles = (directory: string): ReadonlyMap<string, Held> => {
  const names = listFiles(directory)
  return new Map(names.map((name) => [`/${relative(directory, name).split(sep).join('/')}`, hold(name)]))
}

const listFiles = (directory: string): readonly string[] => {
  try {
    return readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map((entry) => join(entry.parentPath, entry.name))
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return []
    throw error
  }
}

const hold = (name: string): Held => {
  const body = readFileSync(name)
  return {
    type: TYPES[extname(name)] ?? 'application/octet-stream',
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    body,
    gzipped: gzipSync(body),
    isForEver: name.includes(`${sep}assets${sep}`),
  }
}

const send = (request: IncomingMessage, response: ServerResponse, file: Held): void => {
  const { type, etag, body, gzipped, isForEver } = file
  const headers = {
    ...GUARDS,
    'content-type': type,
    'cache-control': isForEver ? 'public, max-age=31536000, immutable' : 'no-cache',
    vary: 'accept-encoding',
    etag,
  }
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers).end()
    return
  }
  const isGzipped = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
  const bytes = isGzipped ? gzipped : body
  response.writeHead(200, {
    ...headers,
    'content-length': bytes.length,
    ...(isGzipped ? { 'content-encoding': 'gzip' } : {}),
  })
  response.end(request.method === 'HEAD' ? undefined : bytes)
}

const sayNotBuilt = (response: ServerResponse): void => {
  response.writeHead(503, { ...GUARDS, 'content-type': 'text/plain; charset=utf-8' })
  response.end('The console is not built here: npm start builds it. GraphQL answers at /graphql.\n')
}
