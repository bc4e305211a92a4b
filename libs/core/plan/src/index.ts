export * from './layout-types.ts'
export * from './machine-types.ts'
