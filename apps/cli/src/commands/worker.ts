import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { PlatformError } from '@tidewater/base'
import type { Command } from 'commander'
import { isWorkerRole, mainOf } from '../stack/parts.ts'
import { repository, findRunFile } from '../stack/run-file.ts'

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

/** Becomes the worker: this process is the one that `status` lists, and a signal to it stops it. */
async function runWorker(role: string, flags: WorkerFlags): Promise<void> {
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
  Object.assign(process.env, run?.env, { WORKER_NAME: name })
  console.log(
    flags.json === true ? JSON.stringify({ name, pid: process.pid }) : `${name} (process ${process.pid})`,
  )
  await import(pathToFileURL(join(repository, mainOf(role))).href)
}
