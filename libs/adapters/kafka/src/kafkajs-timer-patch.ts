import { createRequire } from 'node:module'

/**
 * kafkajs 2.2.4 re-arms a timer of `throttledUntil - now` after every response, a negative delay when nobody
 * throttles us: Node 24 runs that as an endless 1 ms timer per broker connection, also when idle, and prints a
 * warning (kafkajs #1751; #1755 and #1768 are not merged). Here the timer is armed only when something waits.
 */
interface RequestQueue {
  pending: unknown[]
  throttledUntil: number
  throttleCheckTimeoutId: ReturnType<typeof setTimeout> | null
  checkPendingRequests(): void
  scheduleCheckPendingRequests(): void
}

const RECHECK_MS = 10
const load = createRequire(import.meta.url)

const schedule = function (this: RequestQueue): void {
  if (this.throttleCheckTimeoutId !== null && this.throttleCheckTimeoutId !== undefined) return
  const throttledMs = this.throttledUntil - Date.now()
  if (throttledMs <= 0 && this.pending.length === 0) return
  this.throttleCheckTimeoutId = setTimeout(
    () => {
      this.throttleCheckTimeoutId = null
      this.checkPendingRequests()
    },
    throttledMs > 0 ? throttledMs : RECHECK_MS,
  )
}

/** Applied once per process, before the first connection. */
export const stopIdleTimers = (): void => {
  const { version } = load('kafkajs/package.json') as { version: string }
  if (version !== '2.2.4')
    throw new Error(`kafkajs ${version}: check whether the idle timer patch is still needed`)
  const queue = load('kafkajs/src/network/requestQueue') as { prototype: RequestQueue }
  queue.prototype.scheduleCheckPendingRequests = schedule
}
