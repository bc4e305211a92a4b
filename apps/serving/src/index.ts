export { openBatchReader } from './open-batch-reader.ts'
export { serve, type RunningServer, type ServeOptions, type ServePorts } from './serve.ts'
