import { PlatformError } from '@tidewater/base'
import type { Command } from 'commander'
import { argumentsOf, environmentOf, isWorkerRole, mainOf } from '../stack/parts.ts'
import { findRunFile } from '../stack/run-file.ts'

interface WorkerFlags {
  readonly data?: string
  readonly json?: boolean
}

export const workerCommand = (program: Command): void => {
  program
    .command('worker <role>')
    .description('add one more worker (speed, archive or batch) to the platform that runs here')
    .option('--data <dir>', 'data directory of that platform (default: the nearest .tidewater)')
    .option('--json', 'print {name, pid} as JSON')
    .action((role: string, flags: WorkerFlags) => runWorker(role, flags))
}

/** Becomes the worker, as the stack starts it: this process is the one that `status` lists, and a signal to it stops it. */
function runWorker(role: string, flags: WorkerFlags): void {
  if (!isWorkerRole(role)) {
    throw new PlatformError('BAD_INPUT', `There is no worker '${role}'.`, 'speed, archive or batch')
  }
  const run = findRunFile(process.cwd(), flags.data)
  if (run === null && process.env.KAFKA_BROKERS === undefined) {
    throw new PlatformError(
      'UNAVAILABLE',
      'Tidewater is not running here',
      'npm start, or set KAFKA_BROKERS and REDIS_URL',
    )
  }
  if (run !== null && run.env.KAFKA_BROKERS === undefined) {
    const message = `The platform at ${run.url} runs in memory: all its workers are in one process.`
    throw new PlatformError('BAD_INPUT', message, 'npm start (without --memory) takes more workers')
  }
  const name = process.env.WORKER_NAME ?? `${role}-${process.pid}`
  console.log(
    flags.json === true ? JSON.stringify({ name, pid: process.pid }) : `${name} (process ${process.pid})`,
  )
  if (process.execve === undefined) {
    const message = 'This system cannot replace a program by another.'
    throw new PlatformError('UNAVAILABLE', message, `run ${mainOf(role)} with node`)
  }
  const args = [process.execPath, ...argumentsOf({ name: role, file: mainOf(role) })]
  process.execve(process.execPath, args, environmentOf(name, { ...process.env, ...run?.env }))
}
