import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'

const OWNER_KEY = 'tidewater-schedule-owner'
/** Longer than the few seconds after which a batch process asks for its schedule again. */
const LEASE_MS = 15_000

export interface ScheduleOwner {
  /** True while this process is the one that may change schedules. */
  isThisOne(): Promise<boolean>
  leave(): Promise<void>
}

/** Two processes that put down the same schedule at the same moment may leave none: one of them owns them all. */
export const createScheduleOwner = (redis: () => Redis): ScheduleOwner => {
  const self = randomUUID()
  return {
    isThisOne: async () => {
      const before = await redis().set(OWNER_KEY, self, 'PX', LEASE_MS, 'NX', 'GET')
      if (before === self) await redis().pexpire(OWNER_KEY, LEASE_MS)
      return before === null || before === self
    },
    leave: async () => {
      if ((await redis().get(OWNER_KEY)) === self) await redis().del(OWNER_KEY)
    },
  }
}
