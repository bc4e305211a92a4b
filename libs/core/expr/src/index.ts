export * from './node.ts'
export * from './type.ts'
