import { announceWorker, repeatEvery, warnOfRegistry } from '@tidewater/ports'
import { createBatchJobs, type BatchCounters } from './batch-jobs.ts'
import type { BatchWorkerOptions, BatchWorkerPorts } from './batch-ports.ts'
import { followNewest } from './follow-newest.ts'
import { warnIfAway } from './store-failure.ts'

export interface RunningBatch {
  stop(): Promise<void>
}

/** The queue's store may lose the schedule at any time, and says nothing. */
const SCHEDULE_EVERY_MS = 5000

/** Works the jobs 'generation' and 'reconcile', asks for a generation every so often, and fills a store that was lost. */
export const runBatch = async (
  ports: BatchWorkerPorts,
  options: BatchWorkerOptions,
): Promise<RunningBatch> => {
  const counters: BatchCounters = {
    generations_published: 0,
    generations_skipped: 0,
    generations_failed: 0,
    reconciled_keys: 0,
    reconcile_mismatches: 0,
  }
  const stopFollowing = await followNewest(ports, options)
  const jobs = createBatchJobs(ports, options, counters)
  await ports.jobs.work(async (name, input, report) =>
    name === 'generation' ? jobs.generation(input, report) : jobs.reconcile(report),
  )
  const schedule = (): Promise<void> => ports.jobs.schedule('generation', options.everyMs)
  await schedule()
  const stopScheduling = repeatEvery(ports.timers, SCHEDULE_EVERY_MS, () =>
    schedule().catch(warnIfAway(options, 'the schedule of generations cannot be looked at for the moment')),
  )
  const { name, pid, warn } = options
  const itself = () => ({ partitions: [], counters: { ...counters } })
  const announced = announceWorker(ports, { name, role: 'batch', pid }, itself, warnOfRegistry(warn))
  return {
    stop: async () => {
      stopFollowing()
      stopScheduling()
      await announced.leave()
    },
  }
}
