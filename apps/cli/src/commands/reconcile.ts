import type { Command } from 'commander'
import { ask, withClientFlags } from '../client.ts'
import type { ClientFlags } from '../client.ts'

interface Report {
  readonly checked: number
  readonly mismatched: number
  readonly missing: number
  readonly extra: number
  readonly first: unknown
  readonly building: readonly string[]
}

export const reconcileCommand = (program: Command): void => {
  withClientFlags(program.command('reconcile'))
    .description('compare every answer with a recompute from the archive; exits with 1 when any differs')
    .action((flags: ClientFlags) => reconcile(flags))
}

const reconcile = async (flags: ClientFlags): Promise<void> => {
  const { reconcile: report } = await ask<{ reconcile: Report }>(
    flags,
    'mutation { reconcile { checked mismatched missing extra first building } }',
  )
  const different = report.mismatched + report.missing + report.extra
  if (different > 0) process.exitCode = 1
  if (flags.json === true) return console.log(JSON.stringify(report))
  console.log(
    different === 0
      ? `${report.checked} rows, all equal`
      : `${report.checked} rows: ${report.mismatched} differ, ${report.missing} are missing, ${report.extra} are too many`,
  )
  if (report.first !== null) console.log(`first: ${JSON.stringify(report.first, null, 2)}`)
  if (report.building.length > 0) console.log(`not compared, still building: ${report.building.join(', ')}`)
}
