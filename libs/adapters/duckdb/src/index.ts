export { openArchivedLog, type ArchivedLogOptions } from './archived-log.ts'
export { openDuckdbBatchReader, type DuckdbBatchReaderOptions } from './batch-reader.ts'
export * from './open-duckdb.ts'
export { openParquetWriter } from './parquet-writer.ts'
export { rawColumns } from './raw-files.ts'
export { openArchivePresenter } from './warehouse/archive-presenter.ts'
export {
  openDuckdbWarehouse,
  viewSqlsOf,
  type DuckdbWarehouseOptions,
} from './warehouse/open-duckdb-warehouse.ts'
