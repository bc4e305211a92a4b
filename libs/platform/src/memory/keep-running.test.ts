import type { Timers } from '@tidewater/ports'
import { silentLog } from '@tidewater/runtime'
import { describe, expect, it } from 'vitest'
import { keepRunning, type Worker } from './keep-running.ts'

/** Timers that fire when told to. */
const handTimers = (): Timers & { fire(): void; waiting(): number } => {
  const waiting = new Set<() => void>()
  return {
    after: (_ms, run) => {
      waiting.add(run)
      return () => waiting.delete(run)
    },
    fire: () => {
      for (const run of [...waiting]) {
        waiting.delete(run)
        run()
      }
    },
    waiting: () => waiting.size,
  }
}

interface Crashing extends Worker {
  crash(): void
  stops: number
}

const crashing = (): Crashing => {
  let crash = (): void => undefined
  const done = new Promise<void>((_, reject) => {
    crash = () => reject(new Error('crashed'))
  })
  const worker: Crashing = {
    ...{ crash, done, stops: 0 },
    stop: () => {
      worker.stops++
      return Promise.resolve()
    },
  }
  return worker
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('keeping a worker running', () => {
  it('stops a crashed worker, waits, and starts the next', async () => {
    const timers = handTimers()
    const workers: Crashing[] = []
    const kept = await keepRunning(
      () => {
        workers.push(crashing())
        return Promise.resolve(workers.at(-1) as Crashing)
      },
      { timers },
      silentLog,
    )
    workers[0]?.crash()
    await settled()
    expect(workers.map(({ stops }) => stops)).toEqual([1])
    expect(timers.waiting()).toBe(1)
    timers.fire()
    await settled()
    expect(workers.map(({ stops }) => stops)).toEqual([1, 0])
    await kept.stop()
    expect(workers.map(({ stops }) => stops)).toEqual([1, 1])
  })

  it('tries again when a start fails, but rejects when the first does', async () => {
    const timers = handTimers()
    const first = crashing()
    let starts = 0
    const kept = await keepRunning(
      () => (++starts === 1 ? Promise.resolve(first) : Promise.reject(new Error('away'))),
      { timers },
      silentLog,
    )
    first.crash()
    for (let i = 0; i < 3; i++) {
      await settled()
      timers.fire()
    }
    await settled()
    expect(starts).toBe(4)
    await kept.stop()
    expect(timers.waiting()).toBe(0)
    await expect(keepRunning(() => Promise.reject(new Error('no')), { timers }, silentLog)).rejects.toThrow(
      'no',
    )
  })

  it('does not start again once it is stopped', async () => {
    const timers = handTimers()
    const worker = crashing()
    const kept = await keepRunning(() => Promise.resolve(worker), { timers }, silentLog)
    await kept.stop()
    worker.crash()
    await settled()
    expect(timers.waiting()).toBe(0)
  })
})
