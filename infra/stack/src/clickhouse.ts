import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { freePort } from './free-port.ts'
import { startServer, type Server } from './server.ts'

export interface ClickhouseOptions {
  /** Its data directory; kept between starts, one process at a time. */
  readonly dir: string
  /** Default: a free one. */
  readonly port?: number
  readonly log?: string
}

/** ClickHouse embedded as a library, answering HTTP on 127.0.0.1; `url` is 'http://host:port'. */
export async function startClickhouse(options: ClickhouseOptions): Promise<Server> {
  mkdirSync(options.dir, { recursive: true })
  const port = options.port ?? (await freePort())
  return startServer({
    name: 'ClickHouse',
    command: process.execPath,
    args: [join(import.meta.dirname, 'clickhouse-child.ts'), clickhouseLibrary(), options.dir, String(port)],
    log: options.log ?? join(options.dir, 'clickhouse.log'),
    url: `http://127.0.0.1:${port}`,
    port,
    healthy: () => answersQuery(port),
  })
}

/** Path of the shared library that npm installed for this platform; throws a sentence with the cure where there is none. */
export function clickhouseLibrary(): string {
  const libc = process.platform === 'linux' ? '-gnu' : ''
  const name = `@chdb/lib-${process.platform}-${process.arch}${libc}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), 'libchdb.so')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND')) throw error
    throw new Error(
      `ClickHouse is not installed for this platform: npm install --no-save ${name} where that exists, or set CLICKHOUSE_URL.`,
    )
  }
}

async function answersQuery(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/?query=SELECT%201`, {
    signal: AbortSignal.timeout(2_000),
  })
  return answer.ok && (await answer.text()).trim() === '1'
}
