export { openDuckdbBatchReader, type DuckdbBatchReaderOptions } from './batch-reader.ts'
export * from './open-duckdb.ts'
export { openParquetWriter, rawColumns, rawFiles } from './parquet-writer.ts'
export { openArchivePresenter } from './warehouse/archive-presenter.ts'
export {
  openDuckdbWarehouse,
  viewSqlsOf,
  type DuckdbWarehouseOptions,
} from './warehouse/open-duckdb-warehouse.ts'
