import { isPlatformError } from '@tidewater/base'
import type { Account } from '@tidewater/engine-serving'

const KINDS = ['applied', 'duplicate', 'dead', 'waiting', 'uncounted'] as const

const HEAD = [
  '# HELP tidewater_records_accepted Records the log took; the sum of tidewater_records over its states.',
  '# TYPE tidewater_records_accepted gauge',
  '# HELP tidewater_records Where the accepted records of an event are.',
  '# TYPE tidewater_records gauge',
]

/**
 * The account of every event in Prometheus text. Levels, not counters of a process: they are exact after any restart, and go back
 * with a store that lost its tail.
 */
export const accountMetrics = async (accounts: () => Promise<readonly Account[]>): Promise<string> => {
  const known = await accounts().catch((error: unknown) => {
    // Without the state store there are no counts; what the other metrics say of that is still worth a scrape.
    if (!isPlatformError(error)) throw error
    return []
  })
  return known.length === 0 ? '' : `${[...HEAD, ...known.flatMap(linesOf)].join('\n')}\n`
}

const linesOf = (account: Account): readonly string[] => {
  const event = JSON.stringify(account.event)
  const states = KINDS.flatMap((state) =>
    account[state] === null ? [] : [`tidewater_records{event=${event},state="${state}"} ${account[state]}`],
  )
  if (account.accepted === null) return states
  return [`tidewater_records_accepted{event=${event}} ${account.accepted}`, ...states]
}
