import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sourcesOf } from '@tidewater/platform/traffic'
import { loadCatalog, loadConfig } from '@tidewater/runtime'
import { choosePorts, movedPorts, type Ports } from './ports.ts'
import { followComplaints } from './log-lines.ts'
import { parts, startPart, traffic, type Part } from './parts.ts'
import type { Platform, StartOptions } from './platform.ts'
import { processStart } from './claims.ts'
import type { Progress } from './terminal.ts'
import { removeRunFile, writeRunFile, type RunFile } from './run-file.ts'
import { startServers, type Servers } from './servers.ts'
import { supervise, type Supervised } from './supervise.ts'

/**
 * The platform on real servers: Kafka, Redis and ClickHouse (unless given by URL), then one process per part, all
 * supervised. Rejects with a sentence, and leaves no process, when any of it cannot be had.
 */
export async function startStack(options: StartOptions, progress: Progress): Promise<Platform> {
  const logDir = join(options.dataDir, 'log')
  mkdirSync(logDir, { recursive: true })
  const servers: Supervised[] = []
  const running: Supervised[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((part) => part.stop()))
    await Promise.all(servers.map((server) => server.stop()))
    removeRunFile(options.dataDir)
  }
  try {
    const ports = await choosePorts({ http: options.port })
    for (const line of movedPorts(ports, { http: options.port })) progress.say(`  ! ${line}`)
    const keep = keeper(progress, () => save())
    const onStart = (own: Servers['own'][number]): void => {
      servers.push(keep(own.name, own.child, own.restart))
    }
    const settled = await Promise.allSettled([
      progress.step('definitions', loadCatalog({ dirs: options.pipelines, only: options.only })),
      startServers({ dataDir: options.dataDir, logDir, ports, env: process.env, progress, onStart }),
    ])
    const [catalog, started] = [valueOf(settled[0]), valueOf(settled[1])]
    const sources = options.traffic ? sourcesOf(loadConfig().traffic, catalog) : []
    const env = environmentOf(options, ports, started)
    const url = `http://localhost:${ports.http}`
    const save = (): void => {
      writeRunFile(
        options.dataDir,
        runFileOf({ options, ports, env, url, clusterId: started.clusterId }, [...servers, ...running]),
      )
    }
    save()
    const partEnv = { ...process.env, ...env }
    const add = async (part: Part): Promise<void> => {
      const child = await progress.step(part.name, startPart(part, partEnv, logDir))
      running.push(keep(part.name, child, () => startPart(part, partEnv, logDir)))
    }
    for (const result of await Promise.allSettled(parts.map(add))) valueOf(result)
    await progress.step('answers', untilReady(`http://127.0.0.1:${ports.http}/ready`))
    if (sources.length > 0) await add(traffic)
    save()
    const clickhouseUrl = started.clickhouseUrl
    const duckdbFile = join(env.PUBLISHED_DIR ?? '', 'tidewater.duckdb')
    return {
      url,
      catalog,
      servers: started.labels,
      clickhouseUrl,
      duckdbFile,
      keptIn: options.dataDir,
      traffic: sources.map(({ pipeline }) => pipeline),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Supervises children, tells of what happens to them and repeats the complaints of their logs. */
function keeper(progress: Progress, onChange: () => void) {
  return (
    name: string,
    first: Supervised['current'] extends () => infer C ? C : never,
    restart: () => Promise<typeof first>,
  ) => {
    const complaints = followComplaints(first.log)
    setInterval(() => {
      for (const line of complaints().slice(0, 3)) progress.say(`  ! ${name}: ${line}`)
    }, 1_000).unref()
    return supervise({
      name,
      first,
      restart,
      onChange: (what) => {
        progress.say(`  ! ${what}`)
        onChange()
      },
    })
  }
}

/** The environment in which every part, and a worker added later, finds this platform. */
function environmentOf(options: StartOptions, ports: Ports, servers: Servers): Record<string, string> {
  const { dataDir } = options
  const given = process.env
  return {
    DATA_DIR: dataDir,
    LAKE_DIR: given.LAKE_DIR ?? join(dataDir, 'lake'),
    PUBLISHED_DIR: given.PUBLISHED_DIR ?? join(dataDir, 'published'),
    KAFKA_BROKERS: servers.kafkaBrokers,
    REDIS_URL: servers.redisUrl,
    QUEUE_REDIS_URL: given.QUEUE_REDIS_URL ?? `${servers.redisUrl}/1`,
    CLICKHOUSE_URL: servers.clickhouseUrl ?? '',
    // Analysts find the same generation in both, unless one was asked for.
    BATCH_ENGINE: given.BATCH_ENGINE ?? (servers.clickhouseUrl === null ? 'duckdb' : 'both'),
    HTTP_PORT: String(ports.http),
    PIPELINES_DIR: options.pipelines.join(','),
    PIPELINES_ONLY: String(options.only),
  }
}

interface RunDescription {
  readonly options: StartOptions
  readonly ports: Ports
  readonly env: Readonly<Record<string, string>>
  readonly url: string
  readonly clusterId: string
}

function runFileOf(
  { options, ports, env, url, clusterId }: RunDescription,
  running: readonly Supervised[],
): RunFile {
  return {
    pid: process.pid,
    started: processStart(process.pid) ?? '',
    url,
    ports: { ...ports },
    clusterId,
    dataDir: options.dataDir,
    lakeDir: env.LAKE_DIR ?? '',
    env,
    processes: running.flatMap(({ name, current }) => {
      const { pid } = current()
      const started = processStart(pid)
      return started === null ? [] : [{ name, pid, started }]
    }),
  }
}

async function untilReady(url: string): Promise<void> {
  const deadline = performance.now() + 60_000
  for (;;) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => null)
    if (answer?.ok === true) return
    if (performance.now() > deadline) {
      throw new Error(
        `The platform runs but is not ready after 60 s: ${(await answer?.text()) ?? 'no answer'} (${url})`,
      )
    }
    await sleep(100)
  }
}

function valueOf<T>(result: PromiseSettledResult<T>): T {
  if (result.status === 'fulfilled') return result.value
  throw result.reason
}
