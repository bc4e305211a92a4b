import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { PlatformError } from '@tidewater/base'
import { isRunning, stopLeftOver } from './left-over.ts'
import { readRunFile, removeRunFile, type RunFile } from './run-file.ts'

const kept = ['kafka', 'redis', 'clickhouse', 'lake', 'published', 'log']

/** What a platform in memory writes to disk, for as long as it runs. */
export const memoryDirectory = (dataDir: string): string => join(dataDir, 'memory')

/** Makes a data directory ours: refuses a running platform's, stops and deletes what a killed one left behind. */
export async function claimData(dataDir: string, say: (line: string) => void): Promise<void> {
  mkdirSync(dataDir, { recursive: true })
  const run = readRunFile(dataDir)
  if (run !== null) await endRun(run, dataDir, say)
  rmSync(memoryDirectory(dataDir), { recursive: true, force: true })
}

async function endRun(run: RunFile, dataDir: string, say: (line: string) => void): Promise<void> {
  if (isRunning(run)) {
    const message = `Tidewater already runs on ${dataDir}: ${run.url} (process ${run.pid}).`
    throw new PlatformError('UNAVAILABLE', message, `stop it with: kill ${run.pid}; or choose another --data`)
  }
  const stopped = await stopLeftOver(run)
  if (stopped.length > 0) say(`  ! stopped what an earlier run left: ${stopped.join(', ')}`)
  removeRunFile(dataDir)
}

/** Deletes everything kept. Asks first on a terminal; refuses when part of it lives in servers that are not ours. */
export async function forgetData(dataDir: string, env: NodeJS.ProcessEnv): Promise<void> {
  const foreign = ['KAFKA_BROKERS', 'REDIS_URL', 'CLICKHOUSE_URL', 'LAKE_DIR'].filter((name) => env[name])
  if (foreign.length > 0) {
    const message = `--fresh deletes only what is below ${dataDir}, but ${foreign.join(', ')} points elsewhere.`
    throw new PlatformError('BAD_CONFIG', message, 'empty those servers yourself and start without --fresh')
  }
  const present = kept.filter((name) => existsSync(join(dataDir, name)))
  if (present.length === 0) return
  if (
    process.stdin.isTTY &&
    !(await confirmed(`Delete everything in ${dataDir} (${present.join(', ')})? [y/N] `))
  ) {
    throw new PlatformError('BAD_INPUT', 'Nothing was deleted.', 'start without --fresh to keep the data')
  }
  for (const name of present) rmSync(join(dataDir, name), { recursive: true, force: true })
}

async function confirmed(question: string): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stdout })
  const answer = await prompt.question(question)
  prompt.close()
  return /^y(es)?$/i.test(answer.trim())
}
