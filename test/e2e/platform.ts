import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const REPOSITORY = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** A platform as a user starts it: `npm start` in a process tree of its own, on data of its own. */
export interface Platform {
  readonly url: string
  readonly dir: string
  readonly pid: number
  readonly output: () => string
  /** Runs the command line tool against this platform; resolves with its output, rejects on a non-zero exit. */
  readonly cli: (...args: string[]) => Promise<string>
  readonly graphql: <T>(query: string, variables?: Record<string, unknown>) => Promise<T>
  readonly stop: () => Promise<void>
}

export interface PlatformOptions {
  readonly args?: readonly string[]
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
}

export const runFileOf = async (dir: string): Promise<RunFile> => JSON.parse(await readFile(join(dir, 'run.json'), 'utf8'))

const exited = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => {
    if (child.exitCode !== null) resolve(child.exitCode)
    else child.once('exit', (code) => resolve(code))
  })

/** Runs a command to its end; rejects with its output when it fails. */
export const run = async (command: string, args: readonly string[], env: Record<string, string> = {}): Promise<string> => {
  const child = spawn(command, args, { cwd: REPOSITORY, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const code = await exited(child)
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}\n${out}\n${err}`)
  return out
}

export const startPlatform = async (options: PlatformOptions = {}): Promise<Platform> => {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'tidewater-e2e-')))
  const args = [join(REPOSITORY, 'infra', 'bootstrap.mjs'), 'start', '--data', dir, '--no-traffic', ...(options.args ?? [])]
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
    cli: (...command) => run(process.execPath, [join(REPOSITORY, 'apps/cli/bin/tidewater.mjs'), ...command, '--url', url]),
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

export const graphql = async <T>(url: string, query: string, variables: Record<string, unknown> = {}): Promise<T> => {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(30_000),
  })
  const body: { data?: T; errors?: unknown } = JSON.parse(await response.text())
  if (body.errors !== undefined || body.data === undefined) throw new Error(`GraphQL: ${JSON.stringify(body.errors)}`)
  return body.data
}
