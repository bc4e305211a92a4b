import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { startServer, type Server } from './server.ts'

export interface RedisOptions {
  /** Where its append-only file lives; kept between starts. */
  readonly dir: string
  /** Default: a free one. */
  readonly port?: number
  /** Whether writes survive a restart; default true. */
  readonly appendonly?: boolean
  /** Bytes its data may take; more is refused. Default: no bound. */
  readonly mostBytes?: number
  readonly log?: string
}

/** Redis from the system: append-only, synced every second, never evicting. */
export async function startRedis(options: RedisOptions): Promise<Server> {
  mkdirSync(options.dir, { recursive: true })
  const port = options.port ?? (await freePort())
  const appendonly = (options.appendonly ?? true) ? 'yes' : 'no'
  return startServer({
    name: 'Redis',
    command: process.env.REDIS_SERVER ?? 'redis-server',
    args: [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', options.dir, '--daemonize', 'no'],
      ...[
        '--appendonly',
        appendonly,
        '--appendfsync',
        'everysec',
        '--save',
        '',
        '--maxmemory-policy',
        'noeviction',
      ],
      ...['--maxmemory', String(options.mostBytes ?? 0)],
    ],
    log: options.log ?? join(options.dir, 'redis.log'),
    url: `redis://127.0.0.1:${port}`,
    port,
    healthy: () => answersPing(port),
  })
}

/** True once the data is loaded too: while loading, Redis answers PING with an error. */
function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
    socket.setTimeout(1_000, () => socket.destroy())
    socket.on('data', (data) => {
      resolve(data.toString().startsWith('+PONG'))
      socket.destroy()
    })
    socket.on('error', () => resolve(false))
    socket.on('close', () => resolve(false))
  })
}
