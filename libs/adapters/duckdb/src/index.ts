export * from './open-duckdb.ts'
export { openParquetWriter, rawColumns, rawFiles } from './parquet-writer.ts'
export { openDuckdbWarehouse, viewSqlsOf, type DuckdbWarehouseOptions } from './warehouse/open-duckdb-warehouse.ts'
