import { sentenceOf } from '@tidewater/base'
import type { Log } from './log.ts'

/** Something that runs: stopped from outside, or ended by itself when `done` settles. */
export interface Running {
  stop(): Promise<void>
  readonly done?: Promise<void>
}

const stopWithinMs = 10_000

/** sysexits.h: a server that is needed is away; a bug. */
const exitCodes = { unavailable: 69, crash: 70 } as const

/**
 * Runs one process: starts it, waits for SIGTERM, SIGINT or its own end, stops it within 10 s and exits with 0 when all
 * went well. A failed start or end exits with 69 and a sentence in the log, an uncaught error with 70 at once: state is
 * safe at every moment, so nothing is gained by going on in doubt. A second signal exits immediately.
 */
export function runUntilStopped(log: Log, start: () => Promise<Running>): void {
  process.once('uncaughtException', (error) => die(log, 'uncaught error', error, exitCodes.crash))
  process.once('unhandledRejection', (error) => die(log, 'unhandled rejection', error, exitCodes.crash))
  let stopping = false
  // Not before the handlers below are in place.
  const started = Promise.resolve().then(start)
  const stop = async (why: string): Promise<void> => {
    if (stopping) return why === 'done' ? undefined : process.exit(130)
    stopping = true
    setTimeout(() => die(log, 'stop took too long', null, exitCodes.crash), stopWithinMs).unref()
    const running = await started
    await running.stop()
    log.info(`stopped (${why})`)
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stop(signal).catch((error: unknown) => die(log, 'stop failed', error, exitCodes.crash))
    })
  }
  started
    .then((running) => {
      log.info('ready')
      // The supervisor of the local stack waits for this word.
      process.send?.('ready')
      return running.done?.then(() => stop('done'))
    })
    .catch((error: unknown) => {
      if (!stopping) die(log, 'ended', error, exitCodes.unavailable)
    })
}

function die(log: Log, what: string, error: unknown, code: number): void {
  log.error(error === null ? what : `${what}: ${sentenceOf(error)}`, error instanceof Error ? { error } : {})
  process.exit(code)
}
