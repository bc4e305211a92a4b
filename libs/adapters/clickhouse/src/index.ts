export * from './open-clickhouse.ts'
