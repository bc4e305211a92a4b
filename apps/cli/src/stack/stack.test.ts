import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { startChild, type Child } from '@tidewater/stack'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { choosePorts, movedPorts } from './ports.ts'
import { stopLeftOver, claimData, forgetData } from './data-directory.ts'
import { followComplaints, lastWords } from './log-lines.ts'
import { processStart } from './claims.ts'
import { createProgress } from './terminal.ts'
import { findRunFile, readRunFile, writeRunFile, type RunFile } from './run-file.ts'
import { startStack } from './start-stack.ts'
import { supervise } from './supervise.ts'

let dir: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tidewater-cli-'))
})

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(dir, { recursive: true, force: true })
})

const sleeper = (): Child =>
  startChild({ name: 'sleeper', command: 'sleep', args: ['60'], log: join(dir, 'sleeper.log') })

const until = async (condition: () => boolean): Promise<void> => {
  for (let i = 0; i < 100 && !condition(); i++) await sleep(50)
  expect(condition()).toBe(true)
}

const runOf = (processes: RunFile['processes'], pid: number, started: string): RunFile => ({
  ...{
    pid,
    started,
    url: 'http://localhost:4000',
    ports: { http: 4000 },
    clusterId: 'c',
    dataDir: dir,
    lakeDir: dir,
  },
  ...{ env: {}, processes },
})

describe('ports', () => {
  it('names the process that holds the port one asked for', async () => {
    const server = createServer()
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
    })
    await expect(choosePorts({ http: port })).rejects.toThrow(`Port ${port} is taken by`)
    await expect(choosePorts({ http: port })).rejects.toThrow(`(process ${process.pid})`)
    server.close()
  })

  it('moves to free ports, all different', async () => {
    const ports = Object.values(await choosePorts({ http: null }))
    expect(new Set(ports).size).toBe(4)
  })

  it('tells which ports moved, but not of one that was asked for', () => {
    const ports = { kafka: 19_092, redis: 16_380, clickhouse: 18_123, http: 4_711 }
    expect(movedPorts(ports, { http: 4_711 })).toEqual(['redis :16379 is taken, uses :16380'])
    expect(movedPorts(ports, { http: null })).toHaveLength(2)
  })
})

describe('the run file', () => {
  it('is found from directories below', () => {
    const data = join(dir, '.tidewater')
    const run = runOf([], 1, 'x')
    rmSync(data, { recursive: true, force: true })
    expect(findRunFile(dir, data)).toBe(null)
    writeRunFile(dir, run)
    expect(readRunFile(dir)).toEqual(run)
  })

  it('refuses data on which a supervisor still runs', async () => {
    writeRunFile(dir, runOf([], process.pid, processStart(process.pid) ?? ''))
    await expect(claimData(dir, () => undefined)).rejects.toThrow(`(process ${process.pid})`)
  })

  it('is not there yet while a first start goes on, and a second is refused all the same', async () => {
    const module = JSON.stringify(pathToFileURL(join(import.meta.dirname, 'data-directory.ts')).href)
    const script = `import { claimData } from ${module}
      await claimData(${JSON.stringify(dir)}, () => undefined)
      console.log('claimed')
      setInterval(() => undefined, 1_000)`
    const first = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(first.stdout, 'data')
    await expect(claimData(dir, () => undefined)).rejects.toThrow(`(process ${first.pid})`)
    first.kill('SIGKILL')
    await once(first, 'exit')
    await claimData(dir, () => undefined)
  })

  it('of a running platform outlives a second start that fails', async () => {
    const first = sleeper()
    const run = runOf([], first.pid, processStart(first.pid) ?? '')
    writeRunFile(dir, run)
    vi.stubEnv('KAFKA_BROKERS', '127.0.0.1:1')
    vi.stubEnv('REDIS_URL', 'redis://127.0.0.1:1')
    vi.stubEnv('CLICKHOUSE_URL', 'http://127.0.0.1:1')
    const second = {
      ...{ dataDir: dir, port: null, traffic: false, only: false },
      pipelines: [join(dir, 'nothing-is-here')],
    }
    const quiet = createProgress(new PassThrough() as unknown as NodeJS.WriteStream)
    await expect(startStack(second, quiet)).rejects.toThrow('nothing-is-here')
    expect(readRunFile(dir)).toEqual(run)
    await first.stop()
  })

  it('stops what a killed supervisor left, but nothing that only has the same process id', async () => {
    const [ours, other] = [sleeper(), sleeper()]
    const processes = [
      { name: 'ours', pid: ours.pid, started: processStart(ours.pid) ?? '' },
      { name: 'other', pid: other.pid, started: 'at another time' },
    ]
    writeRunFile(dir, runOf(processes, 999_999_999, 'gone'))
    const said: string[] = []
    await claimData(dir, (line) => said.push(line))
    expect(said.join()).toContain('ours')
    // it is gone; that it ended reaches this process as an event
    await expect.poll(() => ours.isRunning()).toBe(false)
    expect(other.isRunning()).toBe(true)
    expect(readRunFile(dir)).toBe(null)
    await other.stop()
  })

  it('kills what does not listen to SIGTERM', async () => {
    const child = spawn('sh', ['-c', 'trap "" TERM; echo up; while :; do sleep 1; done'], { detached: true })
    await new Promise((resolve) => child.stdout.once('data', resolve))
    const pid = child.pid ?? 0
    const run = runOf([{ name: 'stubborn', pid, started: processStart(pid) ?? '' }], 999_999_999, 'gone')
    expect(await stopLeftOver(run)).toEqual(['stubborn'])
    expect(processStart(pid)).toBe(null)
  })

  it('never deletes data when a server is not ours', async () => {
    await expect(forgetData(dir, { REDIS_URL: 'redis://elsewhere' })).rejects.toThrow(
      'REDIS_URL points elsewhere',
    )
  })
})

describe('supervision', () => {
  it('starts a killed child again, and stops it for good when asked', async () => {
    const said: string[] = []
    const first = sleeper()
    const supervised = supervise({
      ...{ name: 'sleeper', first, onChange: (what: string) => said.push(what) },
      restart: () => Promise.resolve(sleeper()),
    })
    process.kill(first.pid, 'SIGKILL')
    await until(() => supervised.current() !== first)
    expect(said[0]).toContain('sleeper ended (SIGKILL), starts again in 0.5 s')
    const second = supervised.current()
    expect(second.isRunning()).toBe(true)
    await supervised.stop()
    expect(second.isRunning()).toBe(false)
  })

  it('tries again, ever later, when a restart fails', async () => {
    let failures = 0
    const first = sleeper()
    const supervised = supervise({
      ...{ name: 'sleeper', first, onChange: () => undefined },
      restart: () => (failures++ === 0 ? Promise.reject(new Error('not yet')) : Promise.resolve(sleeper())),
    })
    process.kill(first.pid, 'SIGKILL')
    await until(() => supervised.current() !== first)
    expect(failures).toBe(2)
    await supervised.stop()
  })
})

describe('what a log complains of', () => {
  const line = (level: number, msg: string): string => `${JSON.stringify({ level, msg })}\n`

  it('is the sentence of its last warning or error', () => {
    const log = join(dir, 'part.log')
    writeFileSync(log, line(30, 'fine') + line(50, 'Kafka is away.') + line(30, 'bye'))
    expect(lastWords(log)).toBe('Kafka is away.')
  })

  it('is told once, also when a line arrives in pieces', () => {
    const log = join(dir, 'part.log')
    writeFileSync(log, line(50, 'before'))
    const complaints = followComplaints(log)
    const whole = line(40, 'slow')
    writeFileSync(log, whole.slice(0, 9), { flag: 'a' })
    expect(complaints()).toEqual([])
    writeFileSync(log, whole.slice(9) + line(30, 'fine'), { flag: 'a' })
    expect(complaints()).toEqual(['slow'])
    expect(complaints()).toEqual([])
  })
})
