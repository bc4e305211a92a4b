import { jobQueueContract } from '@tidewater/testing/contract'
import { createMemoryJobQueue } from './job-queue.ts'

jobQueueContract('The memory queue', async () => {
  const queue = createMemoryJobQueue()
  return { queue, lose: async () => queue.lose() }
})
