export * from './hop.ts'
