import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runInMemory, sourcesOf, startTraffic, type MemoryPlatform } from '@tidewater/platform'
import { loadCatalog, loadConfig } from '@tidewater/runtime'
import { choosePorts, movedPorts } from './ports.ts'
import type { Platform, StartOptions } from './platform.ts'
import { memoryDirectory } from './data-directory.ts'
import { processStart } from './claims.ts'
import { terminalLog, type Progress } from './terminal.ts'
import { removeRunFile, writeRunFile } from './run-file.ts'

/**
 * `npm start -- --memory`: the whole platform in this process, for a first look on any laptop. Nothing is installed,
 * and nothing survives the end; an earlier run's data on real servers are not touched.
 */
export async function startMemory(options: StartOptions, progress: Progress): Promise<Platform> {
  const directory = memoryDirectory(options.dataDir)
  const clear = (): void => rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  try {
    const asked = { http: options.port }
    const ports = await choosePorts(asked)
    const moved = movedPorts(ports, asked).filter((line) => line.startsWith('http'))
    for (const line of moved) progress.say(`  ! ${line}`)
    const catalog = await progress.step(
      'definitions',
      loadCatalog({ dirs: options.pipelines, only: options.only }),
    )
    const config = { ...loadConfig(), httpPort: ports.http }
    const logOf = (part: string) => terminalLog(part, progress.say)
    const memory = await progress.step(
      'platform in memory',
      runInMemory({ catalog, config, directory, logOf }),
    )
    const url = `http://localhost:${ports.http}`
    noteRun(options.dataDir, url, ports.http, memory)
    const traffic = options.traffic ? sourcesOf(config.traffic, catalog).map(({ pipeline }) => pipeline) : []
    const log = logOf('traffic')
    const sending = startTraffic({
      url: memory.url,
      pipelines: traffic,
      rate: config.trafficRate,
      catalog,
      log,
    })
    return {
      ...{ url, catalog, traffic, servers: ['in memory: nothing survives Ctrl-C'] },
      ...{ clickhouseUrl: null, keptIn: null },
      duckdbFile: join(memory.publishedDir, 'tidewater.duckdb'),
      stop: async () => {
        await sending.stop()
        await memory.stop()
        removeRunFile(options.dataDir)
        clear()
      },
    }
  } catch (error) {
    clear()
    throw error
  }
}

/** So that the command line finds this platform as it finds any other. */
function noteRun(
  dataDir: string,
  url: string,
  http: number,
  { lakeDir, publishedDir }: MemoryPlatform,
): void {
  const started = processStart(process.pid) ?? ''
  writeRunFile(dataDir, {
    ...{ pid: process.pid, started, url, ports: { http }, clusterId: '', dataDir, lakeDir },
    env: { DATA_DIR: dataDir, LAKE_DIR: lakeDir, PUBLISHED_DIR: publishedDir, HTTP_PORT: String(http) },
    processes: [],
  })
}
