import { createLog, loadCatalog, loadConfig, runUntilStopped } from '@tidewater/runtime'
import type { Config, Running } from '@tidewater/runtime'
import type { PartSettings } from '../parts/part-settings.ts'

/** What a part's process begins with: its settings, and where to leave what it opens. */
export interface Opening {
  readonly settings: Config & PartSettings
  /** Has it closed after the part has stopped, last opened first closed; answers it. */
  readonly closing: <T extends { close(): Promise<unknown> }>(opened: T) => T
}

/** The whole of a part's process: settings, definitions, adapters, then the part, until the process is asked to stop. */
export const runPart = (role: string, start: (opening: Opening) => Promise<Running>): void => {
  const config = loadConfig()
  const log = createLog(role, config.logLevel)
  const opened: { close(): Promise<unknown> }[] = []
  runUntilStopped(log, async () => {
    const catalog = await loadCatalog({ dirs: config.pipelinesDirs, only: config.pipelinesOnly })
    const name = config.workerName ?? `${role}-${process.pid}`
    const part = await start({
      settings: { ...config, name, pid: process.pid, catalog, log },
      closing: (adapter) => {
        opened.push(adapter)
        return adapter
      },
    })
    return {
      ...(part.done === undefined ? {} : { done: part.done }),
      stop: async () => {
        await part.stop()
        for (const adapter of opened.reverse()) await adapter.close()
      },
    }
  })
}
