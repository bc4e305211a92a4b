import { randomUUID } from 'node:crypto'
import { systemClock, systemTimers } from '@tidewater/runtime'

/** This process's time, timers and fresh texts, and letting its other work go on. */
export const ownPorts = {
  clock: systemClock,
  timers: systemTimers,
  nonce: randomUUID,
  letOthersRun: (): Promise<void> => new Promise((resolve) => setImmediate(resolve)),
}

/** What an embedded DuckDB may use beside a worker's own work. */
export const DUCKDB_SHARE = { threads: 2, memoryLimit: '1GB' }
