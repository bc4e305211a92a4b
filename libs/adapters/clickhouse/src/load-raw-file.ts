import { randomBytes } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import { ClickHouseError } from '@clickhouse/client'
import { PlatformError } from '@tidewater/base'
import { clickhouse as dialect } from '@tidewater/expr'
import type { RawFile } from '@tidewater/ports'
import { copyWords } from '@tidewater/rows'
import { rawTableOf, snakeCase, SQL_DATABASE, SQL_INTERNAL, type EventDefinition } from 'tidewater'
import type { Clickhouse } from './open-clickhouse.ts'
import { cellOf, columnsOf, ENVELOPE, isNullable, nullable, tableOf } from './raw-columns.ts'

/** Everything of an insert is one block, hence one part: it is there whole or not at all. */
const ONE_BLOCK =
  'max_insert_threads = 1, min_insert_block_size_rows = 1000000000, min_insert_block_size_bytes = 0'

const STAGE_PREFIX = 'load_'

/** Drops staging tables of loaders that died. */
export const sweepStages = async (clickhouse: Clickhouse): Promise<void> => {
  const stages = await clickhouse.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = '${SQL_INTERNAL}' AND startsWith(name, '${STAGE_PREFIX}') AND metadata_modification_time < now() - INTERVAL 1 HOUR`,
  )
  for (const { name } of stages)
    await clickhouse.execute(`DROP TABLE IF EXISTS ${SQL_INTERNAL}.${dialect.identifier(name)}`)
}

/**
 * File → staging table in memory → one insert that also decides what is a copy. The fields arrive as text, whatever type they
 * were archived as: the engine would round a number to the type of its column without a word.
 */
export const loadRawFile = async (
  clickhouse: Clickhouse,
  event: EventDefinition,
  file: RawFile,
): Promise<void> => {
  // Once it is open its bytes stay, whoever removes its name.
  const handle = await opened(file.path)
  try {
    await loadOpened(clickhouse, event, file, handle)
  } finally {
    await handle.close()
  }
}

/** Rewriting removes files between the look at the manifest and the load: the rows are then in another. */
const opened = async (path: string): Promise<FileHandle> => {
  try {
    return await open(path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    throw new PlatformError(
      'UNAVAILABLE',
      `the archive's file ${path} is there no more`,
      'its rows are loaded from the file it was rewritten into',
    )
  }
}

const loadOpened = async (
  clickhouse: Clickhouse,
  event: EventDefinition,
  file: RawFile,
  handle: FileHandle,
): Promise<void> => {
  const stage = `${SQL_INTERNAL}.${STAGE_PREFIX}${randomBytes(8).toString('hex')}`
  const columns = [
    ...event.fields.map(({ name }) => ({ name: snakeCase(name), type: 'Nullable(String)' })),
    ...ENVELOPE,
  ]
  await clickhouse.execute(
    `CREATE TABLE ${stage} (${columns.map(({ name, type }) => `${dialect.identifier(name)} ${type}`).join(', ')}) ENGINE = Memory`,
  )
  try {
    const stream = handle.createReadStream({ highWaterMark: 1 << 20, autoClose: false })
    const body = stream as AsyncIterable<Uint8Array>
    // Fields an older file lacks become null, fields the definition dropped are skipped.
    const missing = 'input_format_parquet_allow_missing_columns = 1, input_format_skip_unknown_fields = 1'
    await clickhouse.insert(`INSERT INTO ${stage} SETTINGS ${missing} FORMAT Parquet`, body, { token: stage })
    const insert = insertFrom(event, file, stage, await lastMutation(clickhouse, event))
    await clickhouse.execute(insert).catch(async (error: unknown) => {
      if (!isWithoutRoom(error)) throw error
      await makeRoom(clickhouse, event, stage)
      await clickhouse.execute(insert)
    })
  } finally {
    await clickhouse.execute(`DROP TABLE IF EXISTS ${stage}`)
  }
}

const cellsOf = (event: EventDefinition): readonly { readonly name: string; readonly sql: string }[] =>
  event.fields.map((field) => {
    const name = dialect.identifier(snakeCase(field.name))
    return { name, sql: cellOf(field.type, `f.${name}`) }
  })

/** Types of a raw table's columns by name. */
export const storedTypes = async (
  clickhouse: Clickhouse,
  event: EventDefinition,
): Promise<ReadonlyMap<string, string>> => {
  const stored = await clickhouse.query<{ name: string; type: string }>(
    `SELECT name, type FROM system.columns WHERE database = '${SQL_DATABASE}' AND table = ${dialect.text(rawTableOf(event.name))}`,
  )
  return new Map(stored.map(({ name, type }) => [name, type]))
}

/** A missing value met a column that has no room for one; nothing was inserted. */
const isWithoutRoom = (error: unknown): boolean =>
  error instanceof ClickHouseError && error.type === 'CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN'

/** Lets a column hold missing values when the first one comes: of rows from before a field was required, or of its type. */
const makeRoom = async (clickhouse: Clickhouse, event: EventDefinition, stage: string): Promise<void> => {
  const counts = cellsOf(event).map(({ name, sql }) => `toInt64(countIf(isNull(${sql}))) AS ${name}`)
  const [missing] = await clickhouse.query<Record<string, number>>(
    `SELECT ${counts.join(', ')} FROM ${stage} AS f`,
  )
  const names = Object.keys(missing ?? {}).filter((name) => Number(missing?.[name]) > 0)
  if (names.length === 0) return
  for (const [name, type] of await storedTypes(clickhouse, event))
    if (names.includes(name) && !isNullable(type))
      await clickhouse.execute(
        `ALTER TABLE ${tableOf(event)} MODIFY COLUMN ${dialect.identifier(name)} ${nullable(type)}`,
      )
}

/** Names the deletions so far: rows that were taken out may be inserted again, so their tokens must differ from before. */
const lastMutation = async (clickhouse: Clickhouse, event: EventDefinition): Promise<number> => {
  const [row] = await clickhouse.query<{ last: number }>(
    `SELECT toInt64(max(toUInt64OrZero(extract(mutation_id, '[0-9]+')))) AS last FROM system.mutations
    WHERE database = '${SQL_DATABASE}' AND table = ${dialect.text(rawTableOf(event.name))}`,
  )
  return row?.last ?? 0
}

/** Semantics I2 and O1: what came before is in the same file or loaded already, and the highest of both decides. */
const insertFrom = (event: EventDefinition, file: RawFile, stage: string, deletions: number): string => {
  const names = columnsOf(event).map((column) => dialect.identifier(column.name))
  const { name, mark, before, isCopy } = copyWords(event, dialect)
  // Null where both are, in whatever way an engine takes one of them.
  const highest = 'coalesce(greatest(s._before, e._earlier), s._before, e._earlier)'
  const range = `_offset >= ${file.from} AND _offset < ${file.next}`
  const token = `${file.topic}/${file.partition}/${file.from}/${file.next}/${deletions}`
  const cells = [
    ...cellsOf(event).map(({ name, sql }) => `${sql} AS ${name}`),
    ...ENVELOPE.map(({ name }) => name),
  ]
  // A row that lost its time has no place: it is kept, and counts nowhere.
  const timeless = `s.${dialect.identifier(snakeCase(event.time))} IS NULL`
  return `INSERT INTO ${tableOf(event)} (${names.join(', ')}, _dup)
SELECT ${names.map((name) => `s.${name}`).join(', ')},
  toUInt8(${isCopy('s._mark', highest)} OR ${timeless})
FROM (
  SELECT ${cells.join(', ')}, ${name} AS _name, ${mark} AS _mark, ${before} AS _before
  FROM ${stage} AS f WHERE ${range}
) AS s
LEFT JOIN (
  SELECT ${name} AS _name, toNullable(max(${mark})) AS _earlier FROM ${tableOf(event)}
  WHERE _partition = ${file.partition} AND _offset >= ${file.horizonFrom} AND _offset < ${file.from}
    AND ${name} IN (SELECT ${name} FROM ${stage})
  GROUP BY _name
) AS e ON e._name = s._name
ORDER BY s._offset
SETTINGS ${ONE_BLOCK}, insert_null_as_default = 0,
  insert_deduplicate = 1, insert_deduplication_token = ${dialect.text(token)}`
}
