import { workerRegistryContract } from '@tidewater/testing/contract'
import { createMemoryClock } from './clock.ts'
import { createMemoryWorkerRegistry } from './worker-registry.ts'

workerRegistryContract('The memory registry', async () => {
  const clock = createMemoryClock()
  return {
    registry: createMemoryWorkerRegistry(clock),
    pass: async (ms) => clock.advance(ms),
    close: async () => undefined,
  }
})
