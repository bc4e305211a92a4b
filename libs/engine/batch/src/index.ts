export { placesOf, type BatchOptions, type BatchPorts } from './batch-ports.ts'
export { publishGeneration, type PublishResult } from './publish-generation.ts'
export { publishedFileOf } from './plan-generation.ts'
export { publishNewest, runGeneration, type GenerationRequest, type GenerationResult } from './run-generation.ts'
