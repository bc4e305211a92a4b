import type { EventLog } from '@tidewater/ports'
import type { Counters } from './counters.ts'
import type { TakePorts } from './partition-handover.ts'
import type { CacheBudget } from './cache-budget.ts'

/** What all tasks of one worker share. */
export interface TaskContext extends TakePorts {
  readonly counters: Counters
  readonly budget: CacheBudget
  readonly log: Pick<EventLog, 'bounds' | 'append'>
}
