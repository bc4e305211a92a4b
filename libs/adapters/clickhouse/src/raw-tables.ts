import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { ClickHouseError } from '@clickhouse/client'
import { PlatformError } from '@tidewater/base'
import { clickhouse as dialect } from '@tidewater/expr'
import type { RawFile, RawTables } from '@tidewater/ports'
import { appendedSql, isCopySql, nearestSql } from '@tidewater/rows'
import { rawTableOf, snakeCase, SQL_DATABASE, SQL_INTERNAL, type EventDefinition } from 'tidewater'
import type { Clickhouse } from './open-clickhouse.ts'

interface RawColumn {
  readonly name: string
  readonly type: string
  readonly comment: string
}

const ENVELOPE: readonly RawColumn[] = [
  { name: '_id', type: 'String', comment: 'Envelope id: equal ids within the horizon are one event.' },
  { name: '_partition', type: 'Int32', comment: 'Partition of the log.' },
  { name: '_offset', type: 'Int64', comment: 'Offset in the partition.' },
  {
    name: '_appended_at',
    type: "DateTime64(3, 'UTC')",
    comment: 'When the log took it (never falls within a partition). UTC.',
  },
]

const columnsOf = (event: EventDefinition): readonly RawColumn[] => [
  ...event.fields.map((field) => {
    const type = dialect.columnType(field.type)
    const comment = field.type.kind === 'instant' ? 'UTC' : ''
    return { name: snakeCase(field.name), type: field.optional ? nullable(type) : type, comment }
  }),
  ...ENVELOPE,
]

const nullable = (type: string): string => {
  const low = /^LowCardinality\((.*)\)$/.exec(type)
  return low === null ? `Nullable(${type})` : `LowCardinality(Nullable(${low[1]}))`
}

const describe = ({ name, type, comment }: RawColumn): string =>
  `${dialect.identifier(name)} ${type}${comment === '' ? '' : ` COMMENT ${dialect.text(comment)}`}`

const tableOf = (event: EventDefinition): string =>
  `${SQL_DATABASE}.${dialect.identifier(rawTableOf(event.name))}`

/** Everything of an insert is one block, hence one part: it is there whole or not at all. */
const ONE_BLOCK =
  'max_insert_threads = 1, min_insert_block_size_rows = 1000000000, min_insert_block_size_bytes = 0'
/** An insert that was answered by a broken connection and is sent again finds its token here. */
const REMEMBERED_INSERTS = 10_000

/** The raw tables of `tidewater` in ClickHouse: ordered by partition and offset, never partitioned by time. */
export const createRawTables = (clickhouse: Clickhouse): RawTables => saidAsUnavailable(rawTables(clickhouse))

const rawTables = (clickhouse: Clickhouse): RawTables => ({
  prepare: async (events) => {
    await clickhouse.execute(`CREATE DATABASE IF NOT EXISTS ${SQL_DATABASE} ENGINE = Atomic`)
    await clickhouse.execute(`CREATE DATABASE IF NOT EXISTS ${SQL_INTERNAL} ENGINE = Atomic`)
    for (const event of events) await prepareTable(clickhouse, event)
    await sweepStages(clickhouse)
  },
  loaded: async (event, partition) => {
    const [row] = await clickhouse.query<{ rows: number; next: number }>(
      `SELECT toInt64(count()) AS rows, toInt64(if(count() = 0, 0, max(_offset) + 1)) AS next FROM ${tableOf(event)} WHERE _partition = ${partition}`,
    )
    return { rows: row?.rows ?? 0, next: row?.next ?? 0 }
  },
  count: async (event, partition, from, next) => {
    const [row] = await clickhouse.query<{ rows: number }>(
      `SELECT toInt64(count()) AS rows FROM ${tableOf(event)} WHERE _partition = ${partition} AND _offset >= ${from} AND _offset < ${next}`,
    )
    return row?.rows ?? 0
  },
  load: (event, file) => load(clickhouse, event, file),
  remove: (event, partition, from, next) =>
    clickhouse.execute(
      `ALTER TABLE ${tableOf(event)} DELETE WHERE _partition = ${partition} AND _offset >= ${from} AND _offset < ${next} SETTINGS mutations_sync = 2`,
    ),
  close: () => clickhouse.close(),
})

/** Who loads waits for a server that is away, or short of memory or disk; other errors are faults of the program. */
const saidAsUnavailable = (tables: RawTables): RawTables => {
  const said =
    <A extends readonly unknown[], T>(act: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      try {
        return await act(...args)
      } catch (error) {
        throw isOfServer(error) ? unavailable(error) : error
      }
    }
  return {
    prepare: said(tables.prepare),
    loaded: said(tables.loaded),
    count: said(tables.count),
    load: said(tables.load),
    remove: said(tables.remove),
    close: tables.close,
  }
}

const isOfServer = (error: unknown): error is Error =>
  error instanceof ClickHouseError ||
  (error instanceof Error &&
    !(error instanceof TypeError) &&
    ('code' in error || /^Timeout/.test(error.message)))

const unavailable = (error: Error): PlatformError =>
  new PlatformError('UNAVAILABLE', `ClickHouse failed: ${error.message}`, 'it is tried again; see its log')

const prepareTable = async (clickhouse: Clickhouse, event: EventDefinition): Promise<void> => {
  const columns = columnsOf(event)
  const dup = `_dup UInt8 COMMENT 'An earlier copy of this id counts instead.'`
  await clickhouse.execute(
    `CREATE TABLE IF NOT EXISTS ${tableOf(event)} (${[...columns.map(describe), dup].join(', ')})
    ENGINE = MergeTree ORDER BY (_partition, _offset)
    SETTINGS non_replicated_deduplication_window = ${REMEMBERED_INSERTS}
    COMMENT ${dialect.text(event.doc ?? `Every ${event.name} of the log.`)}`,
  )
  const known = await clickhouse.query<{ name: string }>(
    `SELECT name FROM system.columns WHERE database = '${SQL_DATABASE}' AND table = ${dialect.text(rawTableOf(event.name))}`,
  )
  const names = new Set(known.map((column) => column.name))
  for (const column of columns.filter(({ name }) => !names.has(name)))
    await clickhouse.execute(
      `ALTER TABLE ${tableOf(event)} ADD COLUMN IF NOT EXISTS ${describe(column)} FIRST`,
    )
}

const STAGE_PREFIX = 'load_'

/** Drops staging tables of loaders that died. */
const sweepStages = async (clickhouse: Clickhouse): Promise<void> => {
  const stages = await clickhouse.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = '${SQL_INTERNAL}' AND startsWith(name, '${STAGE_PREFIX}') AND metadata_modification_time < now() - INTERVAL 1 HOUR`,
  )
  for (const { name } of stages)
    await clickhouse.execute(`DROP TABLE IF EXISTS ${SQL_INTERNAL}.${dialect.identifier(name)}`)
}

/** File → staging table in memory → one insert that also decides what is a duplicate. */
const load = async (clickhouse: Clickhouse, event: EventDefinition, file: RawFile): Promise<void> => {
  const stage = `${SQL_INTERNAL}.${STAGE_PREFIX}${randomBytes(8).toString('hex')}`
  const columns = columnsOf(event).map((column) => `${dialect.identifier(column.name)} ${column.type}`)
  await clickhouse.execute(`CREATE TABLE ${stage} (${columns.join(', ')}) ENGINE = Memory`)
  try {
    const body = createReadStream(file.path, { highWaterMark: 1 << 20 }) as AsyncIterable<Uint8Array>
    // Fields an older file lacks become null, fields the definition dropped are skipped.
    const missing = 'input_format_parquet_allow_missing_columns = 1, input_format_skip_unknown_fields = 1'
    await clickhouse.insert(`INSERT INTO ${stage} SETTINGS ${missing} FORMAT Parquet`, body, { token: stage })
    await clickhouse.execute(insertFrom(event, file, stage, await lastMutation(clickhouse, event)))
  } finally {
    await clickhouse.execute(`DROP TABLE IF EXISTS ${stage}`)
  }
}

/** Names the deletions so far: rows that were taken out may be inserted again, so their tokens must differ from before. */
const lastMutation = async (clickhouse: Clickhouse, event: EventDefinition): Promise<number> => {
  const [row] = await clickhouse.query<{ last: number }>(
    `SELECT toInt64(max(toUInt64OrZero(extract(mutation_id, '[0-9]+')))) AS last FROM system.mutations
    WHERE database = '${SQL_DATABASE}' AND table = ${dialect.text(rawTableOf(event.name))}`,
  )
  return row?.last ?? 0
}

/** Semantics I2: the nearest earlier copy is in the same file, or else the latest one already loaded. */
const insertFrom = (event: EventDefinition, file: RawFile, stage: string, deletions: number): string => {
  const names = columnsOf(event).map((column) => dialect.identifier(column.name))
  const appended = appendedSql(dialect)
  const range = `_offset >= ${file.from} AND _offset < ${file.next}`
  const token = `${file.topic}/${file.partition}/${file.from}/${file.next}/${deletions}`
  return `INSERT INTO ${tableOf(event)} (${names.join(', ')}, _dup)
SELECT ${names.map((name) => `s.${name}`).join(', ')},
  toUInt8(${isCopySql(event, 's._at', 'coalesce(s._nearest, e._earlier)')})
FROM (
  SELECT *, ${appended} AS _at, ${nearestSql(dialect)} AS _nearest
  FROM ${stage} WHERE ${range}
) AS s
LEFT JOIN (
  SELECT _id, CAST(max(${appended}) AS Nullable(Int64)) AS _earlier FROM ${tableOf(event)}
  WHERE _partition = ${file.partition} AND _offset >= ${file.horizonFrom} AND _offset < ${file.from}
    AND _id IN (SELECT _id FROM ${stage})
  GROUP BY _id
) AS e ON e._id = s._id
ORDER BY s._offset
SETTINGS ${ONE_BLOCK}, insert_deduplicate = 1, insert_deduplication_token = ${dialect.text(token)}`
}
