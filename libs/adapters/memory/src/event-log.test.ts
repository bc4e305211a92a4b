import { eventLogContract } from '@tidewater/testing/contract'
import { createMemoryClock } from './clock.ts'
import { createMemoryEventLog } from './event-log.ts'

eventLogContract('The memory log', async () => {
  const log = createMemoryEventLog(createMemoryClock(1))
  return { log, topic: 'event.sale', close: () => log.close() }
})
