import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '@tidewater/stack'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLI, REPOSITORY, exited, runFileOf, startPlatform, type Platform } from './platform.ts'
import { expectedAnswers, retailAnswers } from './retail-answers.ts'
import { clickhouseAnswers, notebookAnswers } from './retail-sql.ts'
import { retailSource } from './retail-truth.ts'
import { expectExactAllAlong, watchRetail } from './watch-retail.ts'

const { file, truth } = retailSource()
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const TOPIC = 'event.retail_sale'

/** Small and seeded (mulberry32): the same seed kills the same workers. */
const randomFrom = (start: number): ((below: number) => number) => {
  let state = start
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

interface Added {
  readonly child: ChildProcess
  /** Of the worker itself, as `status` lists it. */
  readonly pid: number
}

interface Worker {
  readonly name: string
  readonly role: string
  readonly pid: number
  readonly partitions: readonly string[]
}

interface Status {
  readonly workers: readonly Worker[]
  readonly partitions: readonly { readonly topic: string; readonly high: number; readonly next: number }[]
}

const until = async <T>(what: string, withinMs: number, look: () => Promise<T | null>): Promise<T> => {
  const deadline = performance.now() + withinMs
  for (;;) {
    const found = await look()
    if (found !== null) return found
    if (performance.now() > deadline) throw new Error(`${what}: not within ${withinMs} ms`)
    await sleep(100)
  }
}

describe(`a load goes on while everything dies (SEED=${seed})`, () => {
  const random = randomFrom(seed)
  let dir: string
  let port: number
  let platform: Platform
  let added: Added

  const start = (): Promise<Platform> => startPlatform({ dir, args: ['--port', String(port)] })

  const status = async (): Promise<Status> => JSON.parse(await platform.cli('status', '--json')) as Status

  /** Resolves once the log holds a share of the file. */
  const sent = (share: number): Promise<true> =>
    until(`${share} of the file in the log`, 120_000, async () => {
      const answer = await platform
        .graphql<{ status: Status }>('{ status { partitions { topic high } } }')
        .catch(() => null)
      const all = answer?.status.partitions.filter(({ topic }) => topic === TOPIC) ?? []
      return all.reduce((sum, { high }) => sum + high, 0) >= truth.rows * share ? true : null
    })

  const killWorker = async (): Promise<string> => {
    const { workers } = await status()
    // one killed a moment ago is listed until it is forgotten
    const candidates = workers.filter(
      ({ role, pid }) => (role === 'speed' || role === 'archive') && isAlive(pid),
    )
    const victim = candidates[random(candidates.length)]
    if (victim === undefined) throw new Error('status lists no worker')
    process.kill(victim.pid, 'SIGKILL')
    return victim.name
  }

  /** kill -9 of the supervisor, of every server and of every worker at once. */
  const killEverything = async (): Promise<void> => {
    const { pid, processes } = await runFileOf(dir)
    const pids = [pid, ...processes.map((one) => one.pid)]
    for (const one of pids) process.kill(one, 'SIGKILL')
  }

  const addWorker = async (): Promise<Added> => {
    const args = [CLI, 'worker', 'speed', '--data', dir, '--json']
    const child = spawn(process.execPath, args, { cwd: REPOSITORY, stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const { pid } = JSON.parse(line.toString()) as { pid: number }
    return { child, pid }
  }

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tidewater-kill-'))
    port = await freePort()
    platform = await start()
  })

  afterAll(async () => {
    added.child.kill('SIGTERM')
    await exited(added.child)
    await platform.stop()
    await rm(dir, { recursive: true, force: true })
  })

  it('counts every row once, and is exact at every poll', async () => {
    const before = watchRetail(platform)
    const loading = platform.cli('load', file, '--event', 'RetailSale', '--json')
    await sent(0.1)
    const killed = [await killWorker()]
    await sent(0.25)
    await before.stop()
    await killEverything()
    platform = await start()

    const after = watchRetail(platform)
    await sent(0.4)
    killed.push(await killWorker())
    added = await addWorker()
    await sent(0.6)
    killed.push(await killWorker())
    const loaded: unknown = JSON.parse(await loading)
    await after.reached(truth.rows)
    await after.stop()
    console.log(`killed ${killed.join(', ')}; SEED=${seed}`)

    expect(loaded).toMatchObject({ read: truth.rows, broken: 0 })
    expect(await retailAnswers(platform)).toEqual(expectedAnswers(truth))
    // The archive may have been killed last: it is compared with once it is complete.
    expect(await clickhouseAnswers(platform)).toEqual(expectedAnswers(truth))
    await expectExactAllAlong(platform, [...before.readings, ...after.readings], truth.rows)
    expect([...before.errors, ...after.errors].slice(0, 3)).toEqual([])
  })

  it('has shared the partitions between two speed workers', async () => {
    // The dice may have chosen the added one, which nobody starts again.
    if (added.child.exitCode !== null) added = await addWorker()
    const speed = await until('both own partitions', 60_000, async () => {
      const workers = (await status()).workers.filter(({ role }) => role === 'speed')
      const owners = workers.filter(({ partitions }) => partitions.some((name) => name.startsWith(TOPIC)))
      return owners.length === 2 ? owners : null
    })
    expect(speed.map(({ pid }) => pid)).toContain(added.pid)
    const owned = speed.flatMap(({ partitions }) => partitions)
    expect(owned.length).toBe(new Set(owned).size)
  })

  it('says the same after a generation, in its published file, and reconciles', async () => {
    const expected = expectedAnswers(truth)
    await platform.cli('generation')
    expect(await retailAnswers(platform)).toEqual(expected)
    expect(await clickhouseAnswers(platform)).toEqual(expected)
    expect(await notebookAnswers(platform)).toEqual(expected)
    const report: unknown = JSON.parse(await platform.cli('reconcile', '--json'))
    expect(report).toMatchObject({ mismatched: 0, missing: 0, extra: 0, building: [] })
  })
})

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
