export * from './definition.ts'
export * from './names.ts'
