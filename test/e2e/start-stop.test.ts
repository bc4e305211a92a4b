import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { REPOSITORY, startPlatform, type Platform } from './platform.ts'

interface Run {
  readonly pid: number
  readonly url: string
  readonly processes: readonly { readonly name: string; readonly pid: number }[]
}

let dir: string
let platform: Platform

const runFile = (): Run => JSON.parse(readFileSync(join(dir, 'run.json'), 'utf8')) as Run

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const until = async (condition: () => boolean, withinMs: number): Promise<boolean> => {
  const deadline = performance.now() + withinMs
  while (!condition() && performance.now() < deadline) await sleep(50)
  return condition()
}

const allGone = (run: Run): Promise<boolean> =>
  until(() => ![run.pid, ...run.processes.map(({ pid }) => pid)].some(isAlive), 12_000)

const pidOf = (run: Run, part: string): number => run.processes.find(({ name }) => name === part)?.pid ?? -1

const startAgain = (...args: string[]): { readonly code: number | null; readonly said: string } => {
  const ended = spawnSync(
    process.execPath,
    [join(REPOSITORY, 'infra', 'bootstrap.mjs'), 'start', '--no-traffic', ...args],
    {
      encoding: 'utf8',
    },
  )
  return { code: ended.status, said: ended.stdout + ended.stderr }
}

// One platform after another on the same data, ended in every way there is.
describe('npm start', () => {
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tidewater-start-'))
    platform = await startPlatform({ dir })
  })

  afterAll(async () => {
    await platform.stop()
    await rm(dir, { recursive: true, force: true })
  })

  it('runs every part in a process of its own and says where', () => {
    const names = runFile().processes.map(({ name }) => name)
    expect(names.sort()).toEqual(['archive', 'batch', 'clickhouse', 'kafka', 'redis', 'serving', 'speed'])
    expect(platform.output()).toMatch(
      /Tidewater is ready in \d+ s {3}\(Kafka 4\.1 :\d+ · Redis :\d+ · ClickHouse :\d+ · data /,
    )
  })

  it('refuses a second platform on the same data, and a port that is taken, naming the process', () => {
    const { pid, url } = runFile()
    expect(startAgain('--data', dir)).toMatchObject({
      code: 1,
      said: expect.stringContaining(`(process ${pid})`) as string,
    })
    const port = new URL(url).port
    const taken = startAgain('--data', join(dir, 'other'), '--port', port)
    expect(taken.said).toContain(`Port ${port} is taken by`)
    expect(taken.said).toContain(`(process ${pidOf(runFile(), 'serving')})`)
    expect(taken.code).toBe(1)
  })

  it.each(['speed', 'archive', 'batch', 'redis', 'kafka', 'clickhouse'])(
    'brings %s back after kill -9',
    async (part) => {
      const before = pidOf(runFile(), part)
      process.kill(before, 'SIGKILL')
      expect(await until(() => ![before, -1].includes(pidOf(runFile(), part)), 60_000)).toBe(true)
      expect(await until(() => isAlive(pidOf(runFile(), part)), 1_000)).toBe(true)
    },
  )

  it('leaves no process after SIGTERM', async () => {
    const run = runFile()
    await platform.stop()
    expect(await allGone(run)).toBe(true)
    expect(existsSync(join(dir, 'run.json'))).toBe(false)
  })

  it('leaves no process when its supervisor is killed, and starts again', async () => {
    platform = await startPlatform({ dir })
    const run = runFile()
    process.kill(run.pid, 'SIGKILL')
    expect(await allGone(run)).toBe(true)
  })

  it('starts again after kill -9 of everything', async () => {
    platform = await startPlatform({ dir })
    const run = runFile()
    for (const pid of [run.pid, ...run.processes.map((one) => one.pid)]) process.kill(pid, 'SIGKILL')
    expect(await allGone(run)).toBe(true)
    platform = await startPlatform({ dir })
    expect(isAlive(runFile().pid)).toBe(true)
  })
})
