export * from './open-clickhouse.ts'
export { createRawTables } from './raw-tables.ts'
