export * from './node.ts'
export * from './operands.ts'
export * from './type.ts'
