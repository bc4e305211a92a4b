export { openLake } from './local-lake.ts'
