export * from './job-queue.ts'
export * from './lake.ts'
