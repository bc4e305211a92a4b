export { openClickhouseBatchReader, type ClickhouseBatchReaderOptions } from './batch-reader.ts'
export { createDeadTable } from './dead-table.ts'
export * from './open-clickhouse.ts'
export { createRawTables } from './raw-tables.ts'
export {
  openClickhouseWarehouse,
  type ClickhouseWarehouseOptions,
} from './warehouse/open-clickhouse-warehouse.ts'
