import { jobQueueContract } from '@tidewater/testing/contract'
import { createMemoryJobQueue } from './job-queue.ts'

jobQueueContract('The memory queue', async () => createMemoryJobQueue())
