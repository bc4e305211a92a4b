import { stateStoreContract } from '@tidewater/testing/contract'
import { createMemoryStateStore } from './state-store.ts'

stateStoreContract('The memory store', async () => createMemoryStateStore())
