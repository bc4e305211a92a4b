import { clickhouse as dialect } from '@tidewater/expr'
import type { DeadRow, DeadTable } from '@tidewater/ports'
import { SQL_DATABASE, SQL_INTERNAL } from 'tidewater'
import type { Clickhouse } from './open-clickhouse.ts'
import { asUnavailable } from './raw-tables.ts'

const RECORDS = `${SQL_INTERNAL}.dead_records`

/** A record is known by its event and offset: one that is loaded again takes its own place. */
const TABLE = `CREATE TABLE IF NOT EXISTS ${RECORDS} (
    event LowCardinality(String), record Int64, appended_at DateTime64(3, 'UTC'), id String,
    retried Nullable(Int64), partition Nullable(Int32), offset Nullable(Int64), reason String,
    kind LowCardinality(String), key Nullable(String), value String, headers Map(String, String),
    truncated Nullable(String)
  ) ENGINE = ReplacingMergeTree ORDER BY (event, record)`

const COMMENT = dialect.text(
  "Records that never became an event: where they stood, why, and their offset in the event's topic once retried. Times are UTC.",
)

const SHOWN = 'event partition offset appended_at reason kind id key value headers truncated'.split(' ')

/** Each letter once, with what became of it. */
const VIEW = `CREATE OR REPLACE VIEW ${SQL_DATABASE}.tidewater_dead AS
  SELECT ${SHOWN.map((name) => `l.${name} AS ${name}`).join(', ')}, r.at AS retried
  FROM (
    SELECT * FROM ${RECORDS} FINAL WHERE retried IS NULL ORDER BY event, record LIMIT 1 BY event, id
  ) AS l
  LEFT JOIN (
    SELECT event, id, CAST(min(retried) AS Nullable(Int64)) AS at
    FROM ${RECORDS} WHERE retried IS NOT NULL GROUP BY event, id
  ) AS r ON r.event = l.event AND r.id = l.id
  COMMENT ${COMMENT}`

export const createDeadTable = (clickhouse: Clickhouse): DeadTable => ({
  prepare: asUnavailable(async () => {
    for (const database of [SQL_DATABASE, SQL_INTERNAL])
      await clickhouse.execute(`CREATE DATABASE IF NOT EXISTS ${database} ENGINE = Atomic`)
    await clickhouse.execute(TABLE)
    await clickhouse.execute(VIEW)
  }),
  next: asUnavailable(async (event: string) => {
    const [row] = await clickhouse.query<{ next: number }>(
      `SELECT toInt64(if(count() = 0, 0, max(record) + 1)) AS next
      FROM ${RECORDS} WHERE event = ${dialect.text(event)}`,
    )
    return row?.next ?? 0
  }),
  add: asUnavailable(async (rows: readonly DeadRow[]) => {
    const [first] = rows
    const body = Buffer.from(rows.map((row) => `${JSON.stringify(cellsOf(row))}\n`).join(''))
    const token = `dead/${first?.event}/${first?.record}/${rows.length}`
    await clickhouse.insert(`INSERT INTO ${RECORDS} FORMAT JSONEachRow`, body, { token })
  }),
})

const cellsOf = ({ appendedAt, ...row }: DeadRow): object => ({
  ...row,
  appended_at: new Date(appendedAt).toISOString().replace('Z', '').replace('T', ' '),
})
