export {
  placesOf,
  type BatchOptions,
  type BatchPorts,
  type BatchWorkerOptions,
  type BatchWorkerPorts,
} from './batch-ports.ts'
export { compact } from './compact.ts'
export { publishGeneration, type PublishResult } from './publish-generation.ts'
export { planGeneration, publishedFileOf } from './plan-generation.ts'
export {
  publishNewest,
  runGeneration,
  type GenerationRequest,
  type GenerationResult,
} from './run-generation.ts'
export { reconcile } from './reconcile.ts'
export { type Difference, type ReconcileResult } from './reconcile-result.ts'
export { awaitArchive } from './await-offsets.ts'
export { type GenerationOutcome } from './batch-jobs.ts'
export { runBatch, type RunningBatch } from './run-batch.ts'
