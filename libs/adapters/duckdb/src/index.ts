export * from './open-duckdb.ts'
export { openParquetWriter, rawColumns, rawFiles } from './parquet-writer.ts'
