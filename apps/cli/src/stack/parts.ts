import { join } from 'node:path'
import { startChild, type Child } from '@tidewater/stack'
import { lastWords } from './log-lines.ts'
import { repository } from './run-file.ts'

/** A program of the platform that runs in a process of its own. */
export interface Part {
  readonly name: string
  /** Below the repository. */
  readonly file: string
}

const workers = ['speed', 'archive', 'batch'] as const

/** A part that can run several times. */
export type WorkerRole = (typeof workers)[number]

export const isWorkerRole = (word: string): word is WorkerRole => workers.some((role) => role === word)

export const mainOf = (role: WorkerRole | 'serving'): string => `apps/${role}/src/main.ts`

/** What runs beside the servers. Serving also takes events in; the intake alone is for scaling out. */
export const parts: readonly Part[] = (['serving', ...workers] as const).map((name) => ({
  name,
  file: mainOf(name),
}))

/** Believable visitors; they come once the platform answers. */
export const traffic: Part = { name: 'traffic', file: 'apps/ingest/src/traffic.ts' }

/**
 * Rows die young: a small nursery takes a fifth off the memory of whoever makes many, and hardly any speed (800,000 events
 * loaded into the archive; speed.throughput).
 */
export const SMALL_NURSERY: readonly string[] = ['--max-semi-space-size=8']
const FLAGS: Readonly<Record<string, readonly string[]>> = { archive: SMALL_NURSERY, speed: SMALL_NURSERY }

/** What Node is given to run a part, wherever it is started from. */
export const argumentsOf = ({ name, file }: Part): readonly string[] => [
  '--enable-source-maps',
  ...(FLAGS[name] ?? []),
  join(repository, file),
]

/**
 * `name` is the one that `status` lists. Of memory outside JavaScript glibc keeps as many free lists as there are threads, of
 * buffers that any thread may reuse; two are enough (speed.throughput: 20 MB less).
 */
export const environmentOf = (name: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  MALLOC_ARENA_MAX: '2',
  ...env,
  WORKER_NAME: name,
  UV_THREADPOOL_SIZE: '16',
})

/** Starts a part and resolves when it says that it works; rejects with the end of its log when it does not. */
export async function startPart(part: Part, env: NodeJS.ProcessEnv, logDir: string): Promise<Child> {
  const child = startChild({
    name: part.name,
    command: process.execPath,
    args: argumentsOf(part),
    env: environmentOf(part.name, env),
    log: join(logDir, `${part.name}.log`),
    graceMs: 6_000,
    announces: true,
  })
  const ended = await Promise.race([child.ready.then(() => null), child.ended])
  if (ended !== null) throw new Error(`${part.name} ended while starting: ${lastWords(child.log)}`)
  return child
}
