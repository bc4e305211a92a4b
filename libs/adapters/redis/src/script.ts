import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Buffer } from 'node:buffer'
import type { Redis } from 'ioredis'

export interface Script {
  readonly sha: string
  readonly text: string
  /** EVALSHA, or EVALSHA_RO for a script that only reads. */
  readonly command: 'EVALSHA' | 'EVALSHA_RO'
}

const script = (name: string, command: Script['command']): Script => {
  const text = readFileSync(new URL(`./commands/${name}.lua`, import.meta.url), 'utf8')
  return { text, sha: createHash('sha1').update(text).digest('hex'), command }
}

export const COMMIT = script('commit', 'EVALSHA')
export const READ = script('read', 'EVALSHA_RO')
export const DROP = script('drop', 'EVALSHA')
export const SWEEP = script('sweep', 'EVALSHA')
export const SWAP = script('swap', 'EVALSHA')

export type Argument = string | Buffer

export const isMissing = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith('NOSCRIPT')

/** Runs a script by its hash; a server that lost it (restart, flush) is given it and asked again. Replies are Buffers. */
export const runScript = async (
  redis: Redis,
  { sha, text, command }: Script,
  keys: readonly string[],
  args: readonly Argument[],
): Promise<unknown> => {
  const send = (): Promise<unknown> => redis.callBuffer(command, sha, keys.length, ...keys, ...args)
  try {
    return await send()
  } catch (error) {
    if (!isMissing(error)) throw error
    await redis.script('LOAD', text)
    return send()
  }
}
