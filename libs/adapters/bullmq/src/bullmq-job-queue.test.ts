import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JobQueue } from '@tidewater/ports'
import { jobQueueContract } from '@tidewater/testing/contract'
import { startRedis } from '@tidewater/stack'
import { openBullmqJobQueue } from './bullmq-job-queue.ts'

let directory = ''
let redis: Awaited<ReturnType<typeof startRedis>>
let database = 0
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bullmq-'))
  redis = await startRedis({ dir: directory })
})
afterAll(async () => {
  await redis.stop()
  await rm(directory, { recursive: true, force: true })
})
const urlOf = (db: number): string => `${redis.url}/${db}`
const open = (db: number) => openBullmqJobQueue({ url: urlOf(db), trouble: () => undefined })
const flush = async (db: number): Promise<void> => {
  const admin = new Redis(urlOf(db))
  await admin.flushdb()
  await admin.quit()
}

jobQueueContract('BullMQ', async () => {
  const db = ++database
  return { queue: open(db), lose: () => flush(db) }
})

test('of many processes one runs a job at a time, and any may ask for it', async () => {
  const db = ++database
  const queues = [open(db), open(db), open(db)]
  let now = 0
  let most = 0
  for (const queue of queues.slice(0, 2))
    await queue.work(async () => {
      most = Math.max(most, ++now)
      await new Promise((resolve) => setTimeout(resolve, 40))
      now--
      return 'done'
    })
  const answers = await Promise.all(
    [0, 1, 2, 0].map((n) => (queues[n] as JobQueue).run('generation', n, { timeoutMs: 10_000 })),
  )
  expect(answers).toEqual(['done', 'done', 'done', 'done'])
  expect(most).toBe(1)
  for (const queue of queues) await queue.close()
})

test('of two processes that ask for a schedule at once one puts it down, and it runs once', async () => {
  const db = ++database
  const queues = [open(db), open(db)]
  let runs = 0
  for (const queue of queues)
    await queue.work(async () => {
      runs++
    })
  for (let round = 1; round <= 3; round++) {
    await Promise.all(queues.map((queue) => queue.schedule('generation', 3_600_000)))
    await expect.poll(() => runs, { timeout: 5000 }).toBe(2 * round - 1)
    await (queues[0] as JobQueue).run('generation', null, { timeoutMs: 5000 })
    expect(runs).toBe(2 * round)
    await flush(db)
  }
  for (const queue of queues) await queue.close()
})

/** Another process that takes a job, says so once, and never finishes it. */
const startStuckWorker = (url: string): ChildProcessByStdio<null, Readable, null> => {
  const module = JSON.stringify(new URL('bullmq-job-queue.ts', import.meta.url).href)
  const code = `
    const { openBullmqJobQueue } = await import(${module})
    const queue = openBullmqJobQueue({ url: ${JSON.stringify(url)}, trouble: () => undefined })
    await queue.work(() => { console.log('has it'); return new Promise(() => undefined) })`
  return spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

test('the job of a worker that was killed is taken up at once, and its asker gets the answer', async () => {
  const db = ++database
  const stuck = startStuckWorker(urlOf(db))
  const waiting = open(db)
  await waiting.schedule('generation', null)
  const answer = waiting.run('generation', { through: 'end' }, { timeoutMs: 50_000 })
  await once(stuck.stdout, 'data')
  stuck.kill('SIGKILL')
  await once(stuck, 'exit')
  const killedAt = performance.now()
  await waiting.work(async (_name, input) => ({ again: input }))
  expect(await answer).toEqual({ again: { through: 'end' } })
  expect(performance.now() - killedAt).toBeLessThan(4000)
  await waiting.close()
})

test('a job that kills every worker fails after a few of them, and says so', async () => {
  const db = ++database
  const asking = open(db)
  await asking.schedule('generation', null)
  const answer = asking.run('generation', null, { timeoutMs: 50_000 }).catch((error: unknown) => error)
  for (let killed = 0; killed < 3; killed++) {
    const stuck = startStuckWorker(urlOf(db))
    await once(stuck.stdout, 'data')
    stuck.kill('SIGKILL')
    await once(stuck, 'exit')
  }
  let runs = 0
  await asking.work(async () => {
    runs++
  })
  expect(String(await answer)).toMatch(/3 workers died/)
  expect(runs).toBe(0)
  await asking.close()
})
