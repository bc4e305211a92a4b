export { speedSources } from './speed-sources.ts'
