import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'

/** Lends one connection to one statement at a time: two statements on one connection crash the process. */
export interface ConnectionPool {
  take(): Promise<DuckDBConnection>
  give(connection: DuckDBConnection): void
  close(): void
}

export function createConnectionPool(instance: DuckDBInstance, size: number): ConnectionPool {
  const idle: DuckDBConnection[] = []
  const all: DuckDBConnection[] = []
  const waiting: ((connection: DuckDBConnection) => void)[] = []
  let opened = 0
  return {
    async take() {
      const free = idle.pop()
      if (free !== undefined) return free
      if (opened < size) {
        opened++
        const connection = await instance.connect()
        all.push(connection)
        return connection
      }
      return new Promise((resolve) => waiting.push(resolve))
    },
    give(connection) {
      const next = waiting.shift()
      if (next === undefined) idle.push(connection)
      else next(connection)
    },
    close() {
      for (const connection of all) connection.closeSync()
    },
  }
}
