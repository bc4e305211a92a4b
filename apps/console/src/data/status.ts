import { graphql, type ResultOf } from './graphql.ts'
import { useLive, type Live } from './use-live.ts'

const STATUS = graphql(`
  query Status {
    status {
      now
      views
      generation
      builtAt
      workers {
        name
        role
        pid
        startedAt
        partitions
        counters
        troubles
      }
      partitions {
        topic
        partition
        low
        high
        next
        archived
        missed
        owner
        halted
      }
      events {
        event
        accepted
        applied
        duplicate
        dead
        waiting
        uncounted
        balanced
      }
      jobs {
        name
        step
        fraction
      }
    }
  }
`)

export type Status = ResultOf<typeof STATUS>['status']
export type Partition = Status['partitions'][number]
export type Account = Status['events'][number]
export type Worker = Status['workers'][number]

export const STATUS_EVERY_MS = 1_000

/** How the whole platform is, every second: asked once, however many look. */
export const useStatus = (): Live<{ readonly status: Status }> =>
  useLive(STATUS, {}, { everyMs: STATUS_EVERY_MS })
