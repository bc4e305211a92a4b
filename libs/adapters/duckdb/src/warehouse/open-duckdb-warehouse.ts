import { randomUUID } from 'node:crypto'
import { constants, copyFile, link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { duckdb } from '@tidewater/expr'
import { layoutOf, slotRowOf, type SlotRow, type ViewSql } from '@tidewater/plan'
import {
  numberOfGeneration,
  type GenerationPlan,
  type GenerationStep,
  type SqlEngine,
  type Warehouse,
} from '@tidewater/ports'
import { slotsTableOf, SQL_INTERNAL, type Catalog } from 'tidewater'
import { openDuckdb } from '../open-duckdb.ts'
import { rawFilesByEvent } from '../raw-files.ts'
import { earlierFileOf, KEYLESS_TABLE, keylessOf, type EarlierFile } from './earlier-file.ts'
import { generationScript } from './generation-script.ts'
import { runScriptHere, runScriptInChild } from './run-script.ts'
import type { Script } from './script.ts'

export interface DuckdbWarehouseOptions {
  /** Where `tidewater-<generation>.duckdb` and `tidewater.duckdb` are. */
  readonly directory: string
  readonly catalog: Catalog
  /** 'process': each build in a child process of its own. 'here': in this one, for tests and one-process mode. */
  readonly build: 'process' | 'here'
  readonly threads?: number
  /** DuckDB's notation, e.g. '2GB'. */
  readonly memoryLimit?: string
}

/** The relations SQL is printed from, one per view of the catalog. */
export const viewSqlsOf = (catalog: Catalog): readonly ViewSql[] =>
  [...catalog.views.values()].map((view) => {
    const event = catalog.events.get(view.from)
    if (event === undefined) throw new Error(`view ${view.name} is of ${view.from}, which is no known event`)
    return { view, event, layout: layoutOf(view, event), tables: catalog.tables }
  })

/** Generations as DuckDB files: each written whole beside the others, then given its name. */
export const openDuckdbWarehouse = async (options: DuckdbWarehouseOptions): Promise<Warehouse> => {
  const { directory, catalog } = options
  await mkdir(directory, { recursive: true })
  const views = viewSqlsOf(catalog)
  const fileOf = (id: string): string => join(directory, `tidewater-${id}.duckdb`)
  const readers = openReaders((id) =>
    openDuckdb({ path: fileOf(id), readOnly: true, connections: 2, threads: options.threads ?? 2 }),
  )
  const hasTables = async (id: string, names: readonly string[]): Promise<boolean> => {
    if (!(await exists(fileOf(id)))) return false
    const reader = await readers.of(id)
    const tables = await reader.query<{ name: string }>('SELECT table_name AS name FROM duckdb_tables()')
    const held = new Set(tables.map(({ name }) => name))
    return names.every((name) => held.has(name))
  }
  const earlierOf = async (
    planned: readonly ViewSql[],
    step: GenerationStep | null,
  ): Promise<Earlier | null> => {
    if (step === null || !(await exists(fileOf(step.id)))) return null
    const held = await earlierFileOf(await readers.of(step.id), planned, step)
    if (held === null) return null
    const [added, near] = [await rawFilesByEvent(step.added), await rawFilesByEvent(step.near)]
    return { path: fileOf(step.id), holds: { ...held, cuts: step.cuts, added, near } }
  }
  return {
    name: 'duckdb',
    build: async (plan, progress) => {
      const planned = views.filter(({ view }) => plan.views.includes(view.name))
      // A file has its name only when it is whole; one made again by others lacks what they define otherwise.
      if (!(await hasTables(plan.id, [...plan.views.map(slotsTableOf), KEYLESS_TABLE]))) {
        const earlier = await earlierOf(planned, plan.step)
        await writeFile(options, planned, plan, earlier, fileOf(plan.id), progress)
        await readers.forget(plan.id)
      }
      const reader = await readers.of(plan.id)
      const keyless = await keylessOf(reader)
      return Promise.all(
        planned.map(async ({ view }) => {
          const [row] = await reader.query<{ slots: number }>(
            `SELECT count(*) AS slots FROM ${slotsOf(view.name)}`,
          )
          return { view: view.name, slots: row?.slots ?? 0, keyless: keyless.get(view.name) ?? 0 }
        }),
      )
    },
    holds: (id, names) => hasTables(id, names.map(slotsTableOf)),
    slots: (id, view, partition) => readSlots(readers.of(id), views, view, partition),
    publish: async (generation) => {
      if (generation === null) return
      const staged = join(directory, temporaryName('publishing', generation.id))
      await link(fileOf(generation.id), staged)
      await renameDurably(staged, join(directory, 'tidewater.duckdb'))
      // Renaming one name of a file to another of its names leaves both.
      await rm(staged, { force: true })
    },
    // A published file is never written again: the next one shows it.
    showNotes: () => Promise.resolve(),
    retire: async (kept) => {
      for (const id of readers.ids()) if (!kept.includes(id)) await readers.forget(id)
      let removed = 0
      for (const name of await readdir(directory)) {
        if (!(await isDead(directory, name, kept))) continue
        await rm(join(directory, name), { force: true, recursive: true })
        removed++
      }
      return removed
    },
    close: async () => {
      for (const id of readers.ids()) await readers.forget(id)
    },
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** Two workers may do the same at once; it ends in the process that is at it, so that what a dead one left is known. */
const temporaryName = (doing: string, id: string): string =>
  `${doing}-${id}-${randomUUID()}.${hostname()}.${process.pid}.tmp`

/** A file that another goes on from. */
interface Earlier {
  readonly path: string
  readonly holds: EarlierFile
}

/** Writes a generation under a temporary name; it gets its own only when it is whole and durable. */
const writeFile = async (
  options: DuckdbWarehouseOptions,
  views: readonly ViewSql[],
  plan: GenerationPlan,
  earlier: Earlier | null,
  target: string,
  progress: (fraction: number) => void,
): Promise<void> => {
  const file = join(options.directory, temporaryName('building', plan.id))
  const archived = await rawFilesByEvent(plan.files)
  const statements = generationScript(options.catalog, views, plan, archived, earlier?.holds ?? null)
  const script: Script = {
    path: file,
    threads: options.threads ?? null,
    memoryLimit: options.memoryLimit ?? null,
    tempDirectory: `${file}.spill`,
    steps: statements.map((statement, index) => ({ statement, done: (index + 1) / statements.length })),
  }
  try {
    // A copy that shares its blocks with the other where the file system can.
    if (earlier !== null) await copyFile(earlier.path, file, constants.COPYFILE_FICLONE)
    await (options.build === 'process' ? runScriptInChild : runScriptHere)(script, progress)
    await renameDurably(file, target)
  } finally {
    for (const left of [file, `${file}.wal`, `${file}.spill`])
      await rm(left, { force: true, recursive: true })
  }
}

/** One open engine per generation that is read. */
const openReaders = (open: (id: string) => Promise<SqlEngine>) => {
  const readers = new Map<string, Promise<SqlEngine>>()
  return {
    ids: (): readonly string[] => [...readers.keys()],
    of: (id: string): Promise<SqlEngine> => {
      const known = readers.get(id)
      if (known !== undefined) return known
      const opened = open(id)
      readers.set(id, opened)
      opened.catch(() => readers.delete(id))
      return opened
    },
    forget: async (id: string): Promise<void> => {
      const reader = readers.get(id)
      readers.delete(id)
      await (await reader?.catch(() => undefined))?.close()
    },
  }
}

const slotsOf = (view: string): string => `${SQL_INTERNAL}.${duckdb.identifier(slotsTableOf(view))}`

async function* readSlots(
  opening: Promise<SqlEngine>,
  views: readonly ViewSql[],
  name: string,
  partition: number,
): AsyncGenerator<readonly SlotRow[]> {
  const view = views.find((candidate) => candidate.view.name === name)
  if (view === undefined) throw new Error(`no view ${name}`)
  const keys = view.layout.stateKeys.map((key) => key.column)
  const order = ['_bucket', ...keys].join(', ')
  const reader = await opening
  const chunks = reader.stream(
    `SELECT * FROM ${slotsOf(name)} WHERE _partition = ${partition} ORDER BY ${order}`,
  )
  for await (const chunk of chunks) yield chunk.map((row) => slotRowOf(view.layout, row))
}

/** Readers see the old file or the new one, whole; an open notebook keeps the old one. */
const renameDurably = async (from: string, to: string): Promise<void> => {
  await syncPath(from)
  await rename(from, to)
  await syncPath(join(to, '..'))
}

const syncPath = async (path: string): Promise<void> => {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** A file nobody has named yet may be another worker's, on its way into the manifest. */
const UNNAMED_MS = 10 * 60_000

const isDead = async (directory: string, name: string, kept: readonly string[]): Promise<boolean> => {
  const age = Date.now() - ((await stat(join(directory, name)).catch(() => null))?.mtimeMs ?? Date.now())
  const temporary = /\.(\d+)\.tmp(\..*)?$/.exec(name)
  if (temporary !== null)
    return name.includes(`.${hostname()}.`) ? !isAlive(Number(temporary[1])) : age > 24 * 3600_000
  const id = /^tidewater-(.+)\.duckdb(\.wal)?$/.exec(name)?.[1]
  if (id === undefined || kept.includes(id)) return false
  const oldest = Math.min(...kept.map(numberOfGeneration))
  return numberOfGeneration(id) < oldest || age > UNNAMED_MS
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
