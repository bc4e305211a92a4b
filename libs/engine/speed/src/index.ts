export { COUNTERS, type Counters, newCounters } from './counters.ts'
export { type Alarm, type LaneLimits } from './lane-ports.ts'
export {
  runSpeed,
  type SpeedOptions,
  type SpeedPorts,
  type SpeedStatus,
  type SpeedWorker,
} from './run-speed.ts'
export { CacheBudget } from './cache-budget.ts'
export { type SpeedOperator, type SpeedSource, type SpeedStream, type SpeedView } from './speed-source.ts'
export { Task } from './task.ts'
export type { TaskContext } from './task-context.ts'
export type { CommitOutcome, StepResult } from './task-outcomes.ts'
