import { isPlatformError } from '@tidewater/base'
import type { Timers } from '@tidewater/ports'

export interface PatientLoop {
  /** There is work: one more pass, at once or behind the one that runs. */
  start(): void
  /** Like `start`, but while a store is away the waiting timer alone decides when to try again. */
  wake(): void
  readonly stopped: boolean
  stop(): Promise<void>
}

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 30_000

/** Runs `pass` whenever it is woken, never twice at once; a store that is away is tried again with growing waits. */
export const patientLoop = (
  timers: Timers,
  pass: () => Promise<void>,
  told: { readonly failed: (error: unknown) => void; readonly broken: (error: unknown) => void },
): PatientLoop => {
  let running: Promise<void> | null = null
  let again = false
  let stopped = false
  let failures = 0
  let cancel: () => void = () => undefined
  const loop = async (): Promise<void> => {
    do {
      again = false
      try {
        await pass()
        failures = 0
      } catch (error) {
        if (!isPlatformError(error)) return told.broken(error)
        told.failed(error)
        cancel()
        cancel = timers.after(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures++), start)
        return
      }
    } while (again && !stopped)
  }
  const start = (): void => {
    again = true
    if (stopped || running !== null) return
    running = loop().finally(() => {
      running = null
    })
  }
  return {
    start,
    wake: () => {
      if (failures === 0) start()
    },
    get stopped() {
      return stopped
    },
    stop: async () => {
      stopped = true
      cancel()
      await running
    },
  }
}
