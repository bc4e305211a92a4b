import { join } from 'node:path'
import { PlatformError, formatExact } from '@tidewater/base'
import { duckdb } from '@tidewater/expr'
import type { Scalar, Type } from '@tidewater/expr'
import { countRowsSql, joinedRowsSql } from '@tidewater/merge'
import { decodeKey, slotRowOf, slotsSql } from '@tidewater/plan'
import type { SlotRow, ViewSql } from '@tidewater/plan'
import type { BatchReader, Lake, SqlEngine, SqlRow } from '@tidewater/ports'
import { SQL_INTERNAL, slotsTableOf, snakeCase } from 'tidewater'
import type { Catalog } from 'tidewater'
import { readArchive } from './archived-rows.ts'
import { openDuckdb } from './open-duckdb.ts'
import { viewSqlsOf } from './warehouse/open-duckdb-warehouse.ts'

export interface DuckdbBatchReaderOptions {
  /** Where the generations' files are. */
  readonly directory: string
  readonly lake: Pick<Lake, 'entries' | 'path'>
  readonly catalog: Catalog
  readonly threads?: number
  readonly memoryLimit?: string
}

/** Generations open at once: the one readers use, the one before, and one that is just being published. */
const MAX_OPEN = 3

/** Answers serving from the generations' DuckDB files, and from the lake's Parquet for past moments. */
export const openDuckdbBatchReader = (options: DuckdbBatchReaderOptions): BatchReader => {
  const views = new Map(viewSqlsOf(options.catalog).map((view) => [view.view.name, view]))
  const files = openFiles(options)
  let archive: Promise<SqlEngine> | null = null
  const viewNamed = (name: string): ViewSql => {
    const view = views.get(name)
    if (view === undefined) throw new Error(`no view ${name}`)
    return view
  }
  const limits = { threads: options.threads ?? 2, memoryLimit: options.memoryLimit ?? '1GB' }

  return {
    slots: async function* ({ generation, view: name, from, to }) {
      const view = viewNamed(name)
      // The table was written in this order and is read in it; sorting again would hold all of it.
      const sql = `SELECT * FROM ${tableOf(name)} WHERE _bucket >= ${bound(from)} AND _bucket < ${bound(to)}`
      for await (const rows of files.stream(generation, sql))
        yield rows.map((row) => slotRowOf(view.layout, row))
    },
    joined: {
      rows: async function* ({ generation, view: name, rows: asked }) {
        const view = viewNamed(name)
        const sql = joinedRowsSql(view, duckdb, tableOf(name), asked)
        for await (const rows of files.stream(generation, sql))
          yield rows.map((row) => slotRowOf(view.layout, row))
      },
      count: async ({ generation, view: name, rows: asked }) => {
        const sql = countRowsSql(viewNamed(name), duckdb, tableOf(name), asked)
        let count = 0
        for await (const rows of files.stream(generation, sql)) count = Number(rows[0]?.['rows'])
        return count
      },
    },
    history: async ({ view: name, offsets, asOf, key }) => {
      const view = viewNamed(name)
      archive ??= openDuckdb({ path: ':memory:', ...limits, connections: 2 })
      const engine = await archive
      const rows = await readArchive(engine, options.lake, view.event, offsets, (source) =>
        engine.query(historySql(view, source, asOf, key)),
      )
      return rows.map((row): SlotRow => slotRowOf(view.layout, row))
    },
    close: async () => {
      await Promise.all([files.close(), archive?.then((engine) => engine.close())])
    },
  }
}

const tableOf = (view: string): string => `${SQL_INTERNAL}.${duckdb.identifier(slotsTableOf(view))}`

/** ms as SQL; an open end is any number that no window reaches. */
const bound = (ms: number): string => `CAST(${Math.trunc(ms)} AS BIGINT)`

interface Files {
  /** Reads a generation's file; it is closed only when nobody uses it. */
  stream(generation: string, sql: string): AsyncIterable<readonly SqlRow[]>
  close(): Promise<void>
}

interface OpenFile {
  readonly engine: Promise<SqlEngine>
  users: number
}

const openFiles = ({ directory, threads, memoryLimit }: DuckdbBatchReaderOptions): Files => {
  const open = new Map<string, OpenFile>()
  const drop = async (id: string, file: OpenFile): Promise<void> => {
    open.delete(id)
    await file.engine.then(
      (engine) => engine.close(),
      () => undefined,
    )
  }
  const dropOldest = async (): Promise<void> => {
    for (const [id, file] of open) {
      if (open.size <= MAX_OPEN) return
      if (file.users === 0) await drop(id, file)
    }
  }
  const fileOf = (id: string): OpenFile => {
    const known = open.get(id)
    if (known !== undefined) return known
    const path = join(directory, `tidewater-${id}.duckdb`)
    const engine = openDuckdb({
      path,
      readOnly: true,
      connections: 4,
      threads: threads ?? 2,
      memoryLimit: memoryLimit ?? '1GB',
    })
    const file = { engine, users: 0 }
    open.set(id, file)
    engine.catch(() => open.delete(id))
    return file
  }
  return {
    stream: async function* (id, sql) {
      const file = fileOf(id)
      let isLacking = false
      file.users++
      try {
        yield* (await opened(file, id)).stream(sql)
      } catch (error) {
        if (!isWithoutTable(error)) throw error
        isLacking = true
        throw withoutPart(id)
      } finally {
        file.users--
        // a worker that knows what it lacks puts another in its place
        if (isLacking && file.users === 0) await drop(id, file)
        await dropOldest()
      }
    },
    close: async () => {
      await Promise.all([...open].map(([id, file]) => drop(id, file)))
    },
  }
}

const isWithoutTable = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith('Catalog Error: Table')

const withoutPart = (id: string): PlatformError =>
  new PlatformError(
    'NOT_READY',
    `the file of generation ${id} was built again by a worker of other definitions and lacks this view`,
    'a worker of these definitions adds it; `tidewater generation` builds a new one',
  )

const opened = async ({ engine }: OpenFile, id: string): Promise<SqlEngine> => {
  try {
    return await engine
  } catch (error) {
    throw new PlatformError(
      'NOT_READY',
      `the file of generation ${id} cannot be opened: ${error instanceof Error ? error.message : String(error)}`,
      'ask again; `tidewater generation` builds a new one',
    )
  }
}

/** The state of a view over what had happened by `asOf`; of one group when `key` is given. */
const historySql = (view: ViewSql, source: string, asOf: number, key: string | null): string => {
  const { event, layout } = view
  const time = event.fields.find(({ name }) => name === event.time)?.type ?? { kind: 'instant' as const }
  const at = duckdb.fromColumn(time, duckdb.identifier(snakeCase(event.time)))
  // Which copy of an id counts is decided by append time alone, so copies went first.
  const slots = slotsSql(view, duckdb, { source: `(SELECT * FROM ${source} WHERE ${at} <= ${bound(asOf)})` })
  if (key === null) return slots
  const values = decodeKey(key, layout.stateKeys)
  const wanted = layout.stateKeys.map(({ column, type }, n) =>
    isValue(column, type, (values[n] ?? null) as Scalar),
  )
  return `SELECT * FROM (${slots}) WHERE ${wanted.length === 0 ? 'true' : wanted.join(' AND ')}`
}

const isValue = (column: string, type: Type, value: Scalar): string => {
  if (value === null) return `${column} IS NULL`
  if (typeof value === 'string') return `${column} = ${duckdb.text(value)}`
  if (typeof value === 'boolean') return `${column} = ${String(value)}`
  if (type.kind === 'number') return `${column} = ${duckdb.double(Number(value))}`
  // Cell form: the integer value × 10^scale.
  return `${column} = CAST(${formatExact(value, 0)} AS ${duckdb.cellType(type)})`
}
