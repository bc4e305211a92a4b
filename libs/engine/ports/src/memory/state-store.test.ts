import { stateStoreContract } from '../contract/state-store.ts'
import { createMemoryStateStore } from './state-store.ts'

stateStoreContract('The memory store', async () => createMemoryStateStore())
