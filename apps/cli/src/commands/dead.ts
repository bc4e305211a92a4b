import type { Command } from 'commander'
import { ask, withClientFlags } from '../client.ts'
import type { ClientFlags } from '../client.ts'

interface DeadFlags extends ClientFlags {
  readonly limit: string
}

interface DeadLetters {
  readonly total: number
  readonly rows: readonly {
    readonly offset: number
    readonly at: string
    readonly reason: string
    readonly place: string
    readonly value: string | null
  }[]
}

export const deadCommand = (program: Command): void => {
  withClientFlags(program.command('dead <event>'))
    .description('records that never became an event: why, where they stood, what they held')
    .option('--limit <n>', 'the newest n', '20')
    .action((event: string, flags: DeadFlags) => showDead(event, flags))
}

const showDead = async (event: string, flags: DeadFlags): Promise<void> => {
  const variables = { event, first: Number(flags.limit) }
  const { dead } = await ask<{ dead: DeadLetters }>(
    flags,
    'query($event: String!, $first: Int) { dead(event: $event, first: $first) { total rows { offset at reason place value } } }',
    variables,
  )
  if (flags.json === true) return console.log(JSON.stringify(dead, null, 2))
  for (const { at, reason, place, value } of dead.rows)
    console.log(`${at}  ${place}  ${reason}\n    ${value ?? '(no value)'}`)
  console.log(`${dead.rows.length} of ${dead.total} dead letters of ${event}`)
}
