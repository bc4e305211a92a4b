export * from './as-logged.ts'
export * from './below-offsets.ts'
export * from './copies.ts'
export * from './identity.ts'
