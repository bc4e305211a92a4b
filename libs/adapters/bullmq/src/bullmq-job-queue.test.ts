import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
const open = (db: number) => openBullmqJobQueue({ url: `${redis.url}/${db}`, trouble: () => undefined })

jobQueueContract('BullMQ', async () => open(++database))

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
