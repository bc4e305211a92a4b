import { jobQueueContract } from '../contract/job-queue.ts'
import { createMemoryJobQueue } from './job-queue.ts'

jobQueueContract('The memory queue', async () => createMemoryJobQueue())
