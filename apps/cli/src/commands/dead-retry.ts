import type { Command } from 'commander'
import { ask, withClientFlags } from '../client.ts'
import type { ClientFlags } from '../client.ts'

interface RetryFlags extends ClientFlags {
  readonly reason?: string
  readonly all?: boolean
  readonly dryRun?: boolean
}

interface RetriedLetter {
  readonly place: string
  readonly outcome: string
  readonly reason: string | null
}

interface DeadRetry {
  readonly rows: readonly RetriedLetter[]
  readonly next: string | null
}

export const retryCommand = (dead: Command): void => {
  withClientFlags(dead.command('retry <event> [places...]'))
    .description(
      'judge records again by the definition as it is now; what is valid is appended under its own id, once',
    )
    .option('--reason <text>', 'those whose reason contains it')
    .option('--all', 'all that were not retried')
    .option('--dry-run', 'judge only')
    .action((event: string, places: readonly string[], flags: RetryFlags) => retry(event, places, flags))
}

const RETRY = `mutation($event: String!, $places: [String!], $reason: String, $all: Boolean, $dryRun: Boolean, $after: String) {
  retryDead(event: $event, places: $places, reason: $reason, all: $all, dryRun: $dryRun, after: $after) {
    rows { place outcome reason } next
  }
}`

const retry = async (event: string, places: readonly string[], flags: RetryFlags): Promise<void> => {
  const which = {
    ...(places.length === 0 ? {} : { places }),
    ...(flags.reason === undefined ? {} : { reason: flags.reason }),
    ...{ all: flags.all === true, dryRun: flags.dryRun === true },
  }
  const rows: RetriedLetter[] = []
  let after: string | null = null
  do {
    const answer: { retryDead: DeadRetry } = await ask(flags, RETRY, { event, ...which, after })
    rows.push(...answer.retryDead.rows)
    after = answer.retryDead.next
  } while (after !== null)
  if (flags.json === true) console.log(JSON.stringify(rows, null, 2))
  else show(event, rows)
  // A script that fixes and retries should notice what is left.
  if (rows.some(({ outcome }) => !['retried', 'valid', 'already'].includes(outcome))) process.exitCode = 1
}

const SHOWN = 20

const show = (event: string, rows: readonly RetriedLetter[]): void => {
  const left = rows.filter(({ outcome }) => outcome !== 'retried' && outcome !== 'valid')
  for (const { place, outcome, reason } of left.slice(0, SHOWN))
    console.log(`${place}  ${outcome}  ${reason ?? 'it is in the log since an earlier retry'}`)
  if (left.length > SHOWN) console.log(`… and ${left.length - SHOWN} more; --json has all of them`)
  const counts = Map.groupBy(rows, ({ outcome }) => outcome)
  const said = [...counts].map(([outcome, own]) => `${own.length} ${outcome}`).join(', ')
  console.log(said === '' ? `no dead letters of ${event} to retry` : said)
}
