import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { JobQueue } from '@tidewater/ports'

const HOUR = 3_600_000

export interface JobQueueUnderTest {
  readonly queue: JobQueue
  /** What a flush of the store it keeps its jobs in does. */
  readonly lose: () => Promise<void>
}

/** What every JobQueue must do. `make` answers a queue with no jobs; queues made by one test share nothing with another's. */
export const jobQueueContract = (title: string, make: () => Promise<JobQueueUnderTest>): void => {
  describe(`${title} as a JobQueue`, () => {
    let queue: JobQueue
    let lose: () => Promise<void>
    beforeEach(async () => {
      ;({ queue, lose } = await make())
    })
    afterEach(async () => {
      await queue.close()
    })

    test('run resolves with what the worker answers', async () => {
      await queue.work(async (name, input) => ({ name, input }))
      expect(await queue.run('generation', { a: 1 }, { timeoutMs: 5000 })).toEqual({
        name: 'generation',
        input: { a: 1 },
      })
    })

    test('run rejects with the message of the worker', async () => {
      await queue.work(async () => {
        throw new Error('the lake is dry')
      })
      await expect(queue.run('generation', null, { timeoutMs: 5000 })).rejects.toThrow('the lake is dry')
    })

    test('a job added before there is a worker waits for one', async () => {
      const answer = queue.run('reconcile', null, { timeoutMs: 5000 })
      await queue.work(async (name) => name)
      expect(await answer).toBe('reconcile')
    })

    test('run rejects when no worker finishes in time', async () => {
      await expect(queue.run('generation', null, { timeoutMs: 60 })).rejects.toThrow(/60 ms/)
    })

    /** Answers the most jobs that ran at once. */
    const workSlowly = async (): Promise<() => number> => {
      let [now, most] = [0, 0]
      await queue.work(async () => {
        most = Math.max(most, ++now)
        await new Promise((resolve) => setTimeout(resolve, 15))
        now--
      })
      return () => most
    }

    test('jobs run one at a time', async () => {
      const most = await workSlowly()
      await Promise.all([1, 2, 3].map((n) => queue.run('generation', n, { timeoutMs: 5000 })))
      expect(most()).toBe(1)
    })

    test('progress of the running job can be read, and is null afterwards', async () => {
      let reported: () => void = () => undefined
      const seen = new Promise<void>((resolve) => (reported = resolve))
      let finish: () => void = () => undefined
      const finished = new Promise<void>((resolve) => (finish = resolve))
      await queue.work(async (_name, _input, progress) => {
        progress({ step: 'recompute', fraction: 0.5 })
        reported()
        await finished
      })
      const job = queue.run('generation', null, { timeoutMs: 5000 })
      await seen
      await expect
        .poll(() => queue.progress('generation'), { timeout: 3000 })
        .toEqual({ step: 'recompute', fraction: 0.5 })
      finish()
      await job
      await expect.poll(() => queue.progress('generation'), { timeout: 3000 }).toBeNull()
    })

    /** Every run so far, scheduled ones and the one asked for now. */
    const countRuns = async (): Promise<() => number> => {
      let runs = 0
      await queue.work(async () => {
        runs++
      })
      return () => runs
    }

    test('a schedule begins at once, also for a worker that comes later; asking for it again hurries nothing', async () => {
      await queue.schedule('generation', HOUR)
      const runs = await countRuns()
      await expect.poll(runs, { timeout: 5000 }).toBe(1)
      for (let again = 0; again < 5; again++) await queue.schedule('generation', HOUR)
      await queue.run('generation', null, { timeoutMs: 5000 })
      expect(runs()).toBe(2)
    })

    test('a schedule that the store lost goes on at once when it is asked for again', async () => {
      const runs = await countRuns()
      await queue.schedule('generation', HOUR)
      await expect.poll(runs, { timeout: 5000 }).toBe(1)
      await lose()
      await queue.schedule('generation', HOUR)
      await expect.poll(runs, { timeout: 5000 }).toBe(2)
      await queue.schedule('generation', 100)
      await expect.poll(runs, { timeout: 5000 }).toBeGreaterThanOrEqual(4)
    })

    test('jobs still run one at a time after the store lost everything', async () => {
      const most = await workSlowly()
      await lose()
      await queue.schedule('generation', null)
      await Promise.all([1, 2, 3].map((n) => queue.run('generation', n, { timeoutMs: 5000 })))
      expect(most()).toBe(1)
    })

    test('a schedule runs again and again until it is taken back', async () => {
      let runs = 0
      await queue.work(async () => {
        runs++
      })
      await queue.schedule('generation', 100)
      await expect.poll(() => runs, { timeout: 5000 }).toBeGreaterThanOrEqual(2)
      await queue.schedule('generation', null)
      await new Promise((resolve) => setTimeout(resolve, 150))
      const before = runs
      await new Promise((resolve) => setTimeout(resolve, 350))
      expect(runs).toBe(before)
    })
  })
}
