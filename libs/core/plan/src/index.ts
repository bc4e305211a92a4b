export * from './key-layout.ts'
export * from './layout-types.ts'
export * from './layout.ts'
export * from './machine-types.ts'
