export { openWarehouses } from './open-warehouses.ts'
export { startBatch, type StartBatchOptions } from './start-batch.ts'
