import { resolve } from 'node:path'
import { loadConfig } from '@tidewater/runtime'
import { InvalidArgumentError, type Command } from 'commander'
import { bannerOf } from '../stack/banner.ts'
import type { Platform, StartOptions } from '../stack/platform.ts'
import { claimData, forgetData } from '../stack/data-directory.ts'
import { createProgress, untilAskedToStop, type Progress } from '../stack/terminal.ts'
import { repository } from '../stack/run-file.ts'
import { startStack } from '../stack/start-stack.ts'

interface StartFlags {
  readonly memory?: boolean
  readonly traffic: boolean
  readonly pipelines: readonly string[]
  readonly only?: boolean
  readonly data?: string
  readonly port?: number
  readonly fresh?: boolean
}

export const startCommand = (program: Command): void => {
  program
    .command('start')
    .description('start everything on this machine and keep it running until Ctrl-C')
    .option('--memory', 'without Kafka, Redis and ClickHouse, in one process; nothing survives Ctrl-C')
    .option('--no-traffic', 'without believable visitors of the shop')
    .option('--pipelines <dir>', 'add the definitions below DIR (may be repeated)', collect, [])
    .option('--only', 'leave out the built-in pipelines')
    .option('--data <dir>', 'keep everything below DIR (default: .tidewater, or DATA_DIR)')
    .option('--port <n>', 'port of the HTTP server (default: 4000 or the next free one)', portNumber)
    .option('--fresh', 'delete what earlier runs kept')
    .action((flags: StartFlags) => start(flags))
}

async function start(flags: StartFlags): Promise<void> {
  const asked = untilAskedToStop()
  const options = optionsOf(flags)
  const progress = createProgress()
  await claimData(options.dataDir, progress.say)
  // In memory every start is fresh, and what real servers keep is not ours to delete.
  if (flags.fresh === true && flags.memory !== true) await forgetData(options.dataDir, process.env)
  const launch = flags.memory === true ? await memoryLauncher() : startStack
  const platform = await raise(() => launch(options, progress), progress, asked)
  if (platform !== null) {
    console.log(await bannerOf(platform, secondsSinceStart()))
    await asked
    progress.say('  stopping …')
    await platform.stop()
  }
  progress.end()
  console.log('Tidewater has stopped.')
  process.exit(0)
}

/** Loaded only when asked for: it brings every engine into this process. */
async function memoryLauncher(): Promise<typeof startStack> {
  return (await import('../stack/start-memory.ts')).startMemory
}

/** The platform; null when a stop was asked for before it was ready, after which all of it is gone again. */
async function raise(
  launch: () => Promise<Platform>,
  progress: Progress,
  asked: Promise<string>,
): Promise<Platform | null> {
  const rising = launch()
  const first = await Promise.race([rising, asked])
  if (typeof first !== 'string') return first
  progress.say('  stopping …')
  // What is half started is stopped by its own failure path or, once up, here.
  await rising.then(
    (platform) => platform.stop(),
    () => undefined,
  )
  return null
}

function optionsOf(flags: StartFlags): StartOptions {
  const config = loadConfig()
  return {
    dataDir: resolve(flags.data ?? process.env.DATA_DIR ?? resolve(repository, '.tidewater')),
    port: flags.port ?? (process.env.HTTP_PORT === undefined ? null : config.httpPort),
    traffic: flags.traffic,
    pipelines: [...config.pipelinesDirs, ...flags.pipelines].map((dir) => resolve(callerDirectory(), dir)),
    only: flags.only ?? config.pipelinesOnly,
  }
}

/** npm runs scripts in the repository; INIT_CWD is where the person stood. */
function callerDirectory(): string {
  return process.env.INIT_CWD ?? process.cwd()
}

/** Since the very first program of `npm start`, installing included. */
function secondsSinceStart(): number {
  const began = Number(process.env.TIDEWATER_STARTED ?? 0)
  return began > 0 ? (Date.now() - began) / 1_000 : process.uptime()
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value]
}

function portNumber(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new InvalidArgumentError('A port is a number from 1 to 65535.')
  return port
}
