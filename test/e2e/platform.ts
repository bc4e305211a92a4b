import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const REPOSITORY = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
export const CLI = join(REPOSITORY, 'apps', 'cli', 'bin', 'tidewater.mjs')
export const BOOTSTRAP = join(REPOSITORY, 'infra', 'bootstrap.mjs')

/** A platform as a user starts it: `npm start` in a process tree of its own, on data of its own. */
export interface Platform {
  readonly url: string
  readonly dir: string
  readonly pid: number
  readonly output: () => string
  /** Runs the command line tool beside this platform; resolves with its output, rejects on a non-zero exit. */
  readonly cli: (...args: string[]) => Promise<string>
  readonly graphql: <T>(query: string, variables?: Record<string, unknown>) => Promise<T>
  readonly stop: () => Promise<void>
}

export interface PlatformOptions {
  readonly args?: readonly string[]
  /** Whether believable visitors send events. */
  readonly traffic?: boolean
  readonly env?: Readonly<Record<string, string>>
  /** Data of an earlier platform; a new folder unless given. */
  readonly dir?: string
  readonly readyWithinMs?: number
}

/** The run file every client of a platform starts from. */
export interface RunFile {
  readonly pid: number
  readonly url: string
  readonly lakeDir: string
  readonly ports: Readonly<Record<string, number>>
  readonly env: Readonly<Record<string, string>>
  readonly processes: readonly { readonly name: string; readonly pid: number }[]
}

export const runFileOf = async (dir: string): Promise<RunFile> =>
  JSON.parse(await readFile(join(dir, 'run.json'), 'utf8')) as RunFile

export const exited = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode)
    else child.once('exit', (code) => resolve(code))
  })

export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs a command to its end, whatever that is. */
export const attempt = async (
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> => {
  const child = spawn(command, args, {
    cwd: REPOSITORY,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const closed = new Promise((resolve) => child.once('close', resolve))
  const code = await exited(child)
  await closed
  return { code, out, err }
}

/** Runs a command to its end; rejects with its output when it fails. */
export const run = async (
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> => {
  const { code, out, err } = await attempt(command, args, env)
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}\n${out}\n${err}`)
  return out
}

export const startPlatform = async (options: PlatformOptions = {}): Promise<Platform> => {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'tidewater-e2e-')))
  const quiet = options.traffic === true ? [] : ['--no-traffic']
  const args = [BOOTSTRAP, 'start', '--data', dir, ...quiet, ...(options.args ?? [])]
  const child = spawn(process.execPath, args, {
    cwd: REPOSITORY,
    env: { ...process.env, BATCH_EVERY: 'off', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  await ready(child, () => output, options.readyWithinMs ?? 120_000)
  const { url } = await runFileOf(dir)
  return {
    url,
    dir,
    pid: child.pid ?? 0,
    output: () => output,
    cli: (...command) => run(process.execPath, [CLI, ...command], { DATA_DIR: dir, TIDEWATER_URL: url }),
    graphql: (query, variables) => graphql(url, query, variables),
    stop: async () => {
      child.kill('SIGTERM')
      await exited(child)
      if (options.dir === undefined) await rm(dir, { recursive: true, force: true })
    },
  }
}

const ready = (child: ChildProcess, output: () => string, withinMs: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`the platform ${why}:\n${output()}`))
    const deadline = setTimeout(() => {
      child.kill('SIGTERM')
      fail(`was not ready within ${withinMs} ms`)
    }, withinMs)
    const look = () => {
      if (!output().includes('Tidewater is ready')) return
      clearTimeout(deadline)
      resolve()
    }
    child.stdout?.on('data', look)
    child.stderr?.on('data', look)
    child.once('exit', (code) => {
      clearTimeout(deadline)
      fail(`ended with ${code} before it was ready`)
    })
  })

export interface GraphqlError {
  readonly message: string
  readonly extensions?: { readonly code?: string; readonly cure?: string; readonly path?: string }
}

export interface GraphqlAnswer<T> {
  readonly data?: T | null
  readonly errors?: readonly GraphqlError[]
}

/** The whole answer, errors included. */
export const ask = async <T>(
  url: string,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<GraphqlAnswer<T>> => {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(60_000),
  })
  return JSON.parse(await response.text()) as GraphqlAnswer<T>
}

export const graphql = async <T>(
  url: string,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<T> => {
  const { data, errors } = await ask<T>(url, query, variables)
  if (errors !== undefined || data === undefined || data === null)
    throw new Error(`GraphQL: ${JSON.stringify(errors)}`)
  return data
}
