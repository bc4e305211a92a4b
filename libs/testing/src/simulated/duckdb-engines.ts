import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  openArchivedLog,
  openArchivePresenter,
  openDuckdb,
  openDuckdbBatchReader,
  openDuckdbWarehouse,
  openParquetWriter,
} from '@tidewater/adapter-duckdb'
import { localFiles, openLake } from '@tidewater/adapter-lake'
import type {
  ArchivedLog,
  ArchivePresenter,
  BatchReader,
  FileStore,
  ParquetWriter,
  SqlEngine,
  Warehouse,
} from '@tidewater/ports'
import type { Process } from './process.ts'
import type { EnginePorts, Engines, World } from './world.ts'

const SHARE = { threads: 1, memoryLimit: '200MB' }

/** A step of the real world as one of a process: it travels, and time stands still while it runs. */
type Held = <T>(work: () => Promise<T>) => Promise<T>

const heldBy =
  ({ time }: World, process: Process): Held =>
  (work) =>
    process.call('local', () => time.hold(work()))

const collected = async <T>(all: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = []
  for await (const one of all) found.push(one)
  return found
}

const heldFiles = (held: Held): FileStore => ({
  makeDirectory: (path) => held(() => localFiles.makeDirectory(path)),
  list: (directory) => held(async () => [...(await localFiles.list(directory))].sort()),
  create: (path, bytes) => held(() => localFiles.create(path, bytes)),
  read: (path) => held(() => localFiles.read(path)),
  pieces: async function* (path) {
    yield* await held(() => collected(localFiles.pieces(path)))
  },
  sync: (path) => held(() => localFiles.sync(path)),
  rename: (from, to) => held(() => localFiles.rename(from, to)),
  link: (from, to) => held(() => localFiles.link(from, to)),
  remove: (path) => held(() => localFiles.remove(path)),
  stat: (path) => held(() => localFiles.stat(path)),
})

export interface DuckdbEngines {
  readonly engines: (world: World) => Engines
  /** The directory of what analysts see. */
  readonly published: string
  /** Asks the published file, as a notebook does. */
  query(sql: string): ReturnType<SqlEngine['query']>
  close(): Promise<void>
}

/** The product's own files and DuckDB, in a directory that `close` removes. */
export const openDuckdbEngines = async (): Promise<DuckdbEngines> => {
  const directory = await mkdtemp(join(tmpdir(), 'simulation-'))
  const [root, published] = [join(directory, 'lake'), join(directory, 'published')]
  const opened: { close(): Promise<unknown> }[] = []
  return {
    published,
    query: async (sql) => {
      const file = await openDuckdb({ path: join(published, 'tidewater.duckdb'), readOnly: true })
      return file.query(sql).finally(() => file.close())
    },
    close: async () => {
      for (const engine of opened) await engine.close()
      await rm(directory, { recursive: true, force: true })
    },
    engines: (world) => ({
      root,
      files: (process) => heldFiles(heldBy(world, process)),
      open: async (process, { catalog }) => {
        const held = heldBy(world, process)
        // what an engine reads of the lake it reads by itself, while time stands still
        const lake = await held(() => openLake(root))
        const writer = await held(() => openParquetWriter(SHARE))
        const warehouse = await held(() =>
          openDuckdbWarehouse({ ...SHARE, directory: published, catalog, build: 'here' }),
        )
        const reader = openDuckdbBatchReader({ ...SHARE, directory: published, lake, catalog })
        const presenter = await held(() => openArchivePresenter(lake, catalog, SHARE))
        const archived = openArchivedLog({ ...SHARE, lake, catalog })
        opened.push(writer, warehouse, reader, presenter, archived)
        return { ...heldEngines(held, world, { writer, warehouse, reader, presenter, archived }), raw: null }
      },
    }),
  }
}

interface Opened {
  readonly writer: ParquetWriter
  readonly warehouse: Warehouse
  readonly reader: BatchReader
  readonly presenter: ArchivePresenter
  readonly archived: ArchivedLog
}

const heldEngines = (
  held: Held,
  world: World,
  { writer, warehouse, reader, presenter, archived }: Opened,
): Omit<EnginePorts, 'raw'> => ({
  writer: {
    write: (event, lines, file) => held(() => writer.write(event, lines, file)),
    alike: (files) => held(() => writer.alike(files)),
    rewrite: (files, file) => held(() => writer.rewrite(files, file)),
    close: async () => undefined,
  },
  warehouses: [
    {
      name: warehouse.name,
      build: (plan, progress) => held(() => warehouse.build(plan, progress)),
      holds: (id, views) => held(() => warehouse.holds(id, views)),
      slots: async function* (id, view, partition) {
        yield* await held(() => collected(warehouse.slots(id, view, partition)))
      },
      publish: async (generation) => {
        await held(() => warehouse.publish(generation))
        world.shelf.published = generation
      },
      showNotes: () => held(() => warehouse.showNotes()),
      retire: (kept) => held(() => warehouse.retire(kept)),
      close: async () => undefined,
    },
  ],
  batch: {
    slots: async function* (query) {
      yield* await held(() => collected(reader.slots(query)))
    },
    history: (query) => held(() => reader.history(query)),
    close: async () => undefined,
  },
  archived: {
    records: async function* (entry, since) {
      yield* await held(() => collected(archived.records(entry, since)))
    },
  },
  presenter: {
    divide: (view, atMost) => held(() => presenter.divide(view, atMost)),
    present: (view, part, offsets, asOf) => held(() => presenter.present(view, part, offsets, asOf)),
  },
})
