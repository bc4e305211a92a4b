export { openBullmqJobQueue, type BullmqOptions } from './bullmq-job-queue.ts'
