import { PlatformError } from '@tidewater/base'
import { Redis, ReplyError } from 'ioredis'

/** What a connection is for decides how long it waits and whether it may queue while the server is away. */
export type Role = 'commit' | 'read' | 'subscribe'

const DEADLINE_MS: Readonly<Record<Role, number>> = { commit: 10_000, read: 5_000, subscribe: 10_000 }

export interface Connection {
  readonly redis: Redis
  close(): Promise<void>
}

/**
 * Connects, or throws `UNAVAILABLE` within ten seconds. Afterwards it reconnects for ever by itself, at most a second apart; commands
 * fail at their deadline, and a commit at once while the server is away, so that its caller decides what to do.
 * A command in flight when the line breaks is sent again: every write here is a compare-and-set or may run twice.
 */
export const connect = async (url: string, role: Role): Promise<Connection> => {
  const redis = new Redis(url, {
    protocol: 2,
    lazyConnect: true,
    connectTimeout: 10_000,
    commandTimeout: DEADLINE_MS[role],
    maxRetriesPerRequest: null,
    enableOfflineQueue: role !== 'commit',
    autoResendUnfulfilledCommands: true,
    noDelay: true,
    retryStrategy: (attempt) => Math.min(50 * attempt, 1_000),
  })
  let last = ''
  redis.on('error', (error: Error) => {
    last = error.message
  })
  try {
    await redis.connect()
  } catch (error) {
    redis.disconnect()
    throw unavailable(url, last || (error instanceof Error ? error.message : String(error)))
  }
  return {
    redis,
    close: async () => {
      // a server that went away meanwhile needs no goodbye
      if (redis.status === 'ready') await redis.quit().catch(ignoreClosed)
      redis.disconnect()
    },
  }
}

const ignoreClosed = (error: unknown): void => {
  if (!(error instanceof Error) || error instanceof TypeError) throw error
}

/** The URL without its password. */
export const withoutPassword = (url: string): string => url.replace(/\/\/[^@/]*@/, '//…@')

const unavailable = (url: string, cause: string): PlatformError =>
  new PlatformError(
    'UNAVAILABLE',
    `Redis at ${withoutPassword(url)} does not answer: ${cause}`,
    'start it, or set REDIS_URL to one that runs',
  )

/** Turns what the client throws into a sentence; the state is then unknown, so callers read before they go on. */
export const storeError = (url: string, doing: string, error: unknown): PlatformError => {
  if (error instanceof PlatformError) return error
  const cause = error instanceof Error ? error.message : String(error)
  const cure = cause.startsWith('OOM')
    ? 'give Redis more memory (maxmemory), or shorten horizons'
    : cause.startsWith('WRONGTYPE')
      ? 'another program writes keys that begin with tw:; give Tidewater a Redis of its own'
      : 'check that Redis runs; the platform goes on by itself when it is back'
  return new PlatformError(
    'UNAVAILABLE',
    `Redis at ${withoutPassword(url)} failed to ${doing}: ${cause}`,
    cure,
  )
}

const LEAST_STRING_BYTES = 64 << 20

/** Null where the server does not say: hosted ones forbid CONFIG, and keep the default. */
const longestString = async (redis: Redis): Promise<number | null> => {
  try {
    const [, value] = (await redis.config('GET', 'proto-max-bulk-len')) as string[]
    return value === undefined ? null : Number(value)
  } catch (error) {
    if (error instanceof ReplyError) return null
    throw error
  }
}

/**
 * Refuses a Redis that would drop state by itself (semantics P4) or is too old for what the scripts need. Answers what is
 * allowed but unwise, as sentences.
 */
export const checkServer = async (redis: Redis, url: string): Promise<readonly string[]> => {
  const info = await redis.info()
  const field = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? ''
  const policy = field('maxmemory_policy')
  if (policy !== '' && policy !== 'noeviction') {
    throw new PlatformError(
      'BAD_CONFIG',
      `Redis at ${withoutPassword(url)} evicts keys (maxmemory-policy ${policy}): state would vanish without a trace`,
      'set maxmemory-policy noeviction',
    )
  }
  if (Number.parseInt(field('redis_version'), 10) < 7) {
    throw new PlatformError(
      'BAD_CONFIG',
      `Redis at ${withoutPassword(url)} is version ${field('redis_version')}`,
      'use Redis 7 or later',
    )
  }
  const longest = await longestString(redis)
  if (longest !== null && longest < LEAST_STRING_BYTES) {
    throw new PlatformError(
      'BAD_CONFIG',
      `Redis at ${withoutPassword(url)} takes no string longer than ${longest} bytes (proto-max-bulk-len): a commit could be torn`,
      'leave proto-max-bulk-len at its default, 512mb',
    )
  }
  if (field('aof_enabled') !== '0') return []
  return [
    `Redis at ${withoutPassword(url)} is not append-only: after a restart its state is rebuilt from the newest generation and the log`,
  ]
}
