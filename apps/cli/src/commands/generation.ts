import type { Command } from 'commander'
import { ask, withClientFlags } from '../client.ts'
import type { ClientFlags } from '../client.ts'

interface Generation {
  readonly number: number
  readonly id: string
  readonly builtAt: string
  readonly published: boolean
  readonly cut: readonly { readonly topic: string; readonly partition: number; readonly next: number }[]
}

export const generationCommand = (program: Command): void => {
  withClientFlags(program.command('generation'))
    .description('build a generation of everything that is in the log now; waits until it is published')
    .action((flags: ClientFlags) => runGeneration(flags))
}

const runGeneration = async (flags: ClientFlags): Promise<void> => {
  const started = performance.now()
  const { runGeneration: built } = await ask<{ runGeneration: Generation }>(
    flags,
    'mutation { runGeneration { number id builtAt published cut { topic partition next } } }',
  )
  if (flags.json === true) return console.log(JSON.stringify(built, null, 2))
  const events = built.cut.reduce((sum, { next }) => sum + next, 0)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(
    `generation ${built.number} is ${built.published ? 'published' : 'built'}: ${events} events, ${seconds} s`,
  )
}
