export * from './parts/index.ts'
export { serve, type RunningServer, type ServeSettings } from './http/serve.ts'
export { takeEvents } from './http/take-events.ts'
export { runInMemory, type MemoryOptions, type MemoryPlatform } from './memory/run-in-memory.ts'
export {
  openArchivePorts,
  openBatchPorts,
  openLog,
  openServingPorts,
  openSpeedPorts,
} from './opening/adapters.ts'
export { runPart, type Opening } from './opening/run-part.ts'
export { sourcesOf } from './traffic/sources.ts'
export { startTraffic, type TrafficSource } from './traffic/start-traffic.ts'
