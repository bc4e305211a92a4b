export * from './state-store.ts'
export * from './worker-registry.ts'
