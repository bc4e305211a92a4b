import { PlatformError } from '@tidewater/base'
import { clickhouse as dialect } from '@tidewater/expr'
import type { ChangedColumns, RawTables } from '@tidewater/ports'
import { rawTableOf, SQL_DATABASE, SQL_INTERNAL, type EventDefinition } from 'tidewater'
import { isOfServer } from './is-of-server.ts'
import { loadRawFile, storedTypes, sweepStages } from './load-raw-file.ts'
import type { Clickhouse } from './open-clickhouse.ts'
import { columnsOf, describeColumn, nullable, tableOf, type RawColumn } from './raw-columns.ts'

/** An insert that was answered by a broken connection and is sent again finds its token here. */
const REMEMBERED_INSERTS = 10_000

/** The raw tables of `tidewater` in ClickHouse: ordered by partition and offset, never partitioned by time. */
export const createRawTables = (clickhouse: Clickhouse): RawTables => saidAsUnavailable(rawTables(clickhouse))

const rawTables = (clickhouse: Clickhouse): RawTables => ({
  prepare: async (events, changed) => {
    await clickhouse.execute(`CREATE DATABASE IF NOT EXISTS ${SQL_DATABASE} ENGINE = Atomic`)
    await clickhouse.execute(`CREATE DATABASE IF NOT EXISTS ${SQL_INTERNAL} ENGINE = Atomic`)
    for (const event of events) await prepareTable(clickhouse, event, changed)
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
  load: (event, file) => loadRawFile(clickhouse, event, file),
  remove: (event, partition, from, next) =>
    clickhouse.execute(
      `ALTER TABLE ${tableOf(event)} DELETE WHERE _partition = ${partition} AND _offset >= ${from} AND _offset < ${next} SETTINGS mutations_sync = 2`,
    ),
  close: () => clickhouse.close(),
})

/** Who loads waits for a server that is away, or short of memory or disk; other errors are faults of the program. */
export const asUnavailable =
  <A extends readonly unknown[], T>(act: (...args: A) => Promise<T>) =>
  async (...args: A): Promise<T> => {
    try {
      return await act(...args)
    } catch (error) {
      throw isOfServer(error) ? unavailable(error) : error
    }
  }

const saidAsUnavailable = (tables: RawTables): RawTables => ({
  prepare: asUnavailable(tables.prepare),
  loaded: asUnavailable(tables.loaded),
  count: asUnavailable(tables.count),
  load: asUnavailable(tables.load),
  remove: asUnavailable(tables.remove),
  close: tables.close,
})

const unavailable = (error: Error): PlatformError =>
  new PlatformError('UNAVAILABLE', `ClickHouse failed: ${error.message}`, 'it is tried again; see its log')

const prepareTable = async (
  clickhouse: Clickhouse,
  event: EventDefinition,
  changed: ChangedColumns,
): Promise<void> => {
  const columns = columnsOf(event)
  const dup = `_dup UInt8 COMMENT 'An earlier copy of this id counts instead.'`
  const create = `CREATE TABLE IF NOT EXISTS ${tableOf(event)} (${[...columns.map(describeColumn), dup].join(', ')})
    ENGINE = MergeTree ORDER BY (_partition, _offset)
    SETTINGS non_replicated_deduplication_window = ${REMEMBERED_INSERTS}
    COMMENT ${dialect.text(event.doc ?? `Every ${event.name} of the log.`)}`
  await clickhouse.execute(create)
  const stored = await storedTypes(clickhouse, event)
  const other = columns.find(
    ({ name, type }) => stored.has(name) && nullable(stored.get(name) ?? '') !== nullable(type),
  )
  if (other !== undefined) {
    if (changed === 'refuse') throw otherType(event, other, stored.get(other.name) ?? '')
    // It holds what is in the lake too, and is loaded again from there.
    await clickhouse.execute(`DROP TABLE IF EXISTS ${tableOf(event)} SYNC`)
    return clickhouse.execute(create)
  }
  // Rows from before it lack the value, which is not 0.
  for (const column of columns.filter(({ name }) => !stored.has(name)))
    await clickhouse.execute(
      `ALTER TABLE ${tableOf(event)} ADD COLUMN IF NOT EXISTS ${describeColumn({ ...column, type: nullable(column.type) })} FIRST`,
    )
}

const otherType = (event: EventDefinition, { name, type }: RawColumn, stored: string): PlatformError =>
  new PlatformError(
    'NOT_READY',
    `${rawTableOf(event.name)}.${name} is ${stored} in ClickHouse and ${type} by the definition of ${event.name}`,
    'start the archive worker with these definitions: it loads the table again from the lake',
  )
