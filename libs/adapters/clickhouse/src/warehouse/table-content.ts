import { randomBytes } from 'node:crypto'
import { clickhouse as dialect } from '@tidewater/expr'
import { tableInserts } from '@tidewater/plan'
import { snakeCase, sqlNameOf, SQL_DATABASE, type TableContent, type TableDefinition } from 'tidewater'
import type { Clickhouse } from '../open-clickhouse.ts'
import { internal, published } from './names.ts'

/** Makes a `table()` hold exactly this content; the comment carries its hash, so an unchanged one is left alone. */
export const ensureTable = async (
  clickhouse: Clickhouse,
  table: TableDefinition,
  content: TableContent | undefined,
): Promise<void> => {
  const name = sqlNameOf(table.name)
  const mark = `content ${content?.hash.slice(0, 16) ?? 'none'}`
  const [found] = await clickhouse.query<{ comment: string }>(
    `SELECT comment FROM system.tables WHERE database = '${SQL_DATABASE}' AND name = ${dialect.text(name)}`,
  )
  if (found?.comment.endsWith(mark) === true) return
  const staged = internal(`table_${name}_${randomBytes(6).toString('hex')}`)
  await clickhouse.execute(
    `CREATE TABLE ${staged} (${table.fields.map(columnOf).join(', ')}) ENGINE = MergeTree ORDER BY ${dialect.identifier(snakeCase(table.key))}
    COMMENT ${dialect.text(`${table.doc ?? `Table ${table.name}.`} ${mark}`)}`,
  )
  for (const insert of tableInserts(staged, table, content, dialect)) await clickhouse.execute(insert)
  if (found === undefined) await clickhouse.execute(`RENAME TABLE ${staged} TO ${published(name)}`)
  else await clickhouse.execute(`EXCHANGE TABLES ${staged} AND ${published(name)}`)
  await clickhouse.execute(`DROP TABLE IF EXISTS ${staged}`)
}

const columnOf = (field: TableDefinition['fields'][number]): string => {
  const type = dialect.columnType(field.type)
  const missing = type.startsWith('LowCardinality')
    ? `LowCardinality(Nullable(${type.slice(15, -1)}))`
    : `Nullable(${type})`
  return `${dialect.identifier(snakeCase(field.name))} ${field.optional ? missing : type}`
}
