import { isPlatformError } from '@tidewater/base'
import { connect, type Connection } from './connection.ts'
import { channelKey } from './keys.ts'

const ignoreAway = (error: unknown): void => {
  if (!isPlatformError(error)) throw error
}

type Hear = (message: string) => void

/** Channels over one subscribing connection, opened with the first listener. Messages sent while the line is down are lost. */
export const createListener = (url: string) => {
  const heard = new Map<string, Set<Hear>>()
  let opened: Promise<Connection> | null = null
  const open = (): Promise<Connection> => {
    opened ??= connect(url, 'subscribe').then((connection) => {
      connection.redis.on('message', (channel: string, message: string) => {
        for (const on of heard.get(channel) ?? []) on(message)
      })
      return connection
    })
    return opened
  }
  return {
    listen: async (channel: string, on: Hear): Promise<() => Promise<void>> => {
      const key = channelKey(channel)
      const all = heard.get(key) ?? new Set()
      heard.set(key, all.add(on))
      const { redis } = await open()
      if (all.size === 1) await redis.subscribe(key)
      return async () => {
        all.delete(on)
        if (all.size === 0) await redis.unsubscribe(key)
      }
    },
    close: async (): Promise<void> => {
      // one that could not be opened has told whoever listens, and needs no closing
      await opened?.then((connection) => connection.close(), ignoreAway)
    },
  }
}
