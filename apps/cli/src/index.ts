export { runInMemory, type MemoryOptions, type MemoryPlatform } from './memory/run-in-memory.ts'
