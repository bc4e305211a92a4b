import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort, isPortFree, startChild, startClickhouse, startKafka, startRedis } from './index.ts'
import { startServer } from './server.ts'

let dir: string

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'tidewater-stack-'))
})

afterAll(() => rmSync(dir, { recursive: true, force: true }))

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

const until = async (condition: () => boolean): Promise<boolean> => {
  for (let i = 0; i < 200; i++) {
    if (condition()) return true
    await sleep(50)
  }
  return false
}

const redisSays = (port: number, ...command: string[]): string =>
  execFileSync('redis-cli', ['-p', String(port), ...command], { encoding: 'utf8' }).trim()

const sql = async (url: string, query: string): Promise<string> => {
  const answer = await fetch(`${url}/`, { method: 'POST', body: query })
  return (await answer.text()).trim()
}

describe('the local servers', () => {
  it('Redis keeps its writes over SIGKILL and never evicts', async () => {
    const first = await startRedis({ dir: join(dir, 'redis') })
    expect(redisSays(first.port, 'set', 'tide', 'high')).toBe('OK')
    process.kill(first.pid, 'SIGKILL')
    await first.child.ended
    const second = await startRedis({ dir: join(dir, 'redis') })
    expect(redisSays(second.port, 'get', 'tide')).toBe('high')
    expect(redisSays(second.port, 'config', 'get', 'maxmemory-policy')).toContain('noeviction')
    await second.stop()
    expect(isAlive(second.pid)).toBe(false)
  })

  it('ClickHouse keeps its rows over SIGKILL', async () => {
    const first = await startClickhouse({ dir: join(dir, 'clickhouse') })
    await sql(first.url, 'create table water (level Int64) engine = MergeTree order by level')
    await sql(first.url, 'insert into water settings async_insert = 0 values (1), (2), (3)')
    process.kill(first.pid, 'SIGKILL')
    await first.child.ended
    const second = await startClickhouse({ dir: join(dir, 'clickhouse') })
    expect(await sql(second.url, 'select sum(level) from water')).toBe('6')
    await second.stop()
    expect(isAlive(second.pid)).toBe(false)
  })

  it('Kafka keeps its cluster id and is back soon after SIGKILL', async () => {
    const first = await startKafka({ dir: join(dir, 'kafka') })
    expect(first.clusterId).toHaveLength(22)
    process.kill(first.pid, 'SIGKILL')
    await first.child.ended
    const begun = performance.now()
    const second = await startKafka({ dir: join(dir, 'kafka') })
    expect(second.clusterId).toBe(first.clusterId)
    expect(performance.now() - begun).toBeLessThan(30_000)
    await second.stop()
    expect(isAlive(second.pid)).toBe(false)
  })

  it('says what went wrong when a server cannot start', async () => {
    const first = await startRedis({ dir: join(dir, 'redis-a') })
    const second = startRedis({ dir: join(dir, 'redis-b'), port: first.port })
    await expect(second).rejects.toThrow(`Redis cannot start: port ${first.port} is taken.`)
    await first.stop()
    expect(await isPortFree(first.port)).toBe(true)
  })
})

describe('children', () => {
  it('a server that ends while starting is an error that shows the end of its log', async () => {
    const spec = {
      name: 'Leak',
      command: 'sh',
      args: ['-c', 'echo no water; exit 3'],
      log: join(dir, 'leak.log'),
    }
    const server = startServer({
      ...spec,
      url: '',
      port: await freePort(),
      healthy: () => Promise.resolve(false),
    })
    await expect(server).rejects.toThrow(/Leak ended while starting; see .*leak\.log\nno water/)
  })

  it('stops one that ignores SIGTERM, after its grace time', async () => {
    const log = join(dir, 'stubborn.log')
    const script = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("up")'
    const child = startChild({
      name: 'stubborn',
      command: process.execPath,
      args: ['-e', script],
      log,
      graceMs: 300,
    })
    expect(await until(() => readFileSync(log, 'utf8').includes('up'))).toBe(true)
    await child.stop()
    expect(await child.ended).toEqual({ code: null, signal: 'SIGKILL' })
  })

  it('ends them when the process that started them is killed with SIGKILL', async () => {
    const port = await freePort()
    const program = `
      import { startRedis } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))}
      const redis = await startRedis({ dir: ${JSON.stringify(join(dir, 'orphan'))}, port: ${port} })
      console.log(redis.pid)
      setInterval(() => {}, 1000)`
    const parent = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
      cwd: import.meta.dirname,
    })
    const pid = await new Promise<number>((resolve) =>
      parent.stdout.once('data', (data: Buffer) => resolve(Number(data))),
    )
    expect(isAlive(pid)).toBe(true)
    parent.kill('SIGKILL')
    expect(await until(() => !isAlive(pid))).toBe(true)
  })
})
