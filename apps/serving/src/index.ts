export { serve, type RunningServer, type ServeOptions, type ServePorts } from './serve.ts'
