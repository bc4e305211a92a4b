import { useSyncExternalStore } from 'react'

/** Whether the platform answers, as every question finds it out. */
export interface Connection {
  /** Of this browser's clock, ms; null: it answers. */
  readonly lostAt: number | null
  /** How often it came back after it was lost. */
  readonly returns: number
}

let connection: Connection = { lostAt: null, returns: 0 }
const listeners = new Set<() => void>()

const change = (next: Connection): void => {
  connection = next
  for (const listener of listeners) listener()
}

export const noteAnswer = (): void => {
  if (connection.lostAt !== null) change({ lostAt: null, returns: connection.returns + 1 })
}

export const noteSilence = (): void => {
  if (connection.lostAt === null) change({ ...connection, lostAt: Date.now() })
}

const listen = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useConnection = (): Connection => useSyncExternalStore(listen, () => connection)
