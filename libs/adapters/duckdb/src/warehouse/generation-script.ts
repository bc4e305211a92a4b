import { duckdb } from '@tidewater/expr'
import { keylessSql, presentSql, slotsSql, type ViewSql } from '@tidewater/plan'
import { numberOfGeneration, type GenerationPlan } from '@tidewater/ports'
import { copyWords, endsOfCuts, isBelowSql, withoutCopies } from '@tidewater/rows'
import {
  rawTableOf,
  slotsTableOf,
  snakeCase,
  sqlNameOf,
  SQL_INTERNAL,
  topicOf,
  type Catalog,
  type EventDefinition,
} from 'tidewater'
import { lostValues, rawColumns, rawRows, type RawFiles } from '../raw-files.ts'
import { catalogSql, commentsSql } from './describe-sql.ts'
import { fieldsOf } from './fields-of.ts'
import { generationSql } from './generation-table-sql.ts'
import { tableSql } from './table-sql.ts'

/**
 * Everything of a generation's file: tables, raw rows as views over the lake, the state of every view and what it shows.
 * One connection runs it in order; temporary relations carry what several views share.
 */
export const generationScript = (
  catalog: Catalog,
  views: readonly ViewSql[],
  plan: GenerationPlan,
  /** The lake's files by event name. */
  archived: ReadonlyMap<string, readonly RawFiles[]>,
): readonly string[] => {
  const events = [...catalog.events.values()]
  const filesOf = (event: EventDefinition): readonly RawFiles[] => archived.get(event.name) ?? []
  return [
    `CREATE SCHEMA ${SQL_INTERNAL}`,
    ...[...catalog.tables.values()].flatMap((table) => tableSql(table, catalog.contents.get(table.name))),
    ...events.flatMap((event) =>
      eventSql(
        event,
        filesOf(event),
        plan,
        views.filter(({ view }) => view.from === event.name),
      ),
    ),
    ...views.flatMap((view) => viewSql(view, plan)),
    ...generationSql(plan),
    ...keylessRowsSql(views),
    ...lostValuesSql(events.flatMap((event) => lostValues(event, filesOf(event)))),
    ...commentsSql(catalog, views),
    ...catalogSql(catalog, views),
  ]
}

/** `tidewater_lost_values`: what the archive holds and the present definitions cannot, counted by field. */
const lostValuesSql = (counts: readonly string[]): readonly string[] => [
  `CREATE TABLE main.tidewater_lost_values (event VARCHAR, field VARCHAR, written_as VARCHAR, declared_as VARCHAR, "values" BIGINT)`,
  ...counts.map((count) => `INSERT INTO main.tidewater_lost_values ${count} HAVING count(*) > 0`),
]

export const KEYLESS_TABLE = 'tidewater_keyless_rows'

/** What each view leaves out for want of a key (A4). */
const keylessRowsSql = (views: readonly ViewSql[]): readonly string[] => [
  `CREATE TABLE main.${KEYLESS_TABLE} (view VARCHAR, "rows" BIGINT)`,
  ...views.flatMap((view) => {
    const counted = keylessSql(view, duckdb, sourceOf(view.event))
    const name = duckdb.text(view.view.name)
    return counted === null
      ? []
      : [`INSERT INTO main.${KEYLESS_TABLE} SELECT ${name}, n FROM (${counted}) WHERE n > 0`]
  }),
]

const sourceOf = (event: EventDefinition): string => `source_${snakeCase(event.name)}`
const newestOf = (event: EventDefinition): string => `getvariable('newest_${snakeCase(event.name)}')`

const eventSql = (
  event: EventDefinition,
  files: readonly RawFiles[],
  plan: GenerationPlan,
  views: readonly ViewSql[],
): readonly string[] => {
  const raw = duckdb.identifier(rawTableOf(event.name))
  const names = rawColumns(event)
    .map(({ name }) => duckdb.identifier(name))
    .join(', ')
  const below = isBelowSql(endsOfCuts(topicOf(event.name), plan.cuts))
  const rows = `SELECT * FROM (${rawRows(event, files)}) WHERE ${below}`
  const { mark, before, isCopy } = copyWords(event, duckdb)
  const view = `CREATE VIEW main.${raw} AS SELECT ${names}, CAST(${isCopy(mark, before)} AS UTINYINT) AS _dup FROM (${rows})`
  if (views.length === 0) return [view]
  const needed = [
    '_partition',
    '_offset',
    ...fieldsOf(event, views).map((name) => duckdb.identifier(snakeCase(name))),
  ]
  const time = `epoch_ms(${duckdb.identifier(snakeCase(event.time))})`
  return [
    view,
    `CREATE TEMP VIEW below_${snakeCase(event.name)} AS ${rows}`,
    `CREATE TEMP TABLE ${sourceOf(event)} AS SELECT ${needed.join(', ')} FROM (${withoutCopies(event, duckdb, `below_${snakeCase(event.name)}`)})`,
    `SET VARIABLE newest_${snakeCase(event.name)} = (SELECT max(${time}) FROM ${sourceOf(event)})`,
  ]
}

const viewSql = (view: ViewSql, plan: GenerationPlan): readonly string[] => {
  const name = duckdb.identifier(sqlNameOf(view.view.name))
  const slots = `${SQL_INTERNAL}.${duckdb.identifier(slotsTableOf(view.view.name))}`
  // A windowed view is read by ranges of windows, so those stand together.
  const order = view.view.window === null ? '' : ' ORDER BY _bucket'
  const state = slotsSql(view, duckdb, { source: sourceOf(view.event), newest: newestOf(view.event) })
  const asOf = `coalesce(${newestOf(view.event)}, ${plan.builtAt})`
  const presentedAt = (at: string): string =>
    presentSql(view, duckdb, {
      slots,
      asOf: at,
      extra: [
        { name: '_generation', sql: String(numberOfGeneration(plan.id)) },
        { name: '_as_of', sql: duckdb.toColumn({ kind: 'instant' }, at) },
      ],
    })
  return [
    `CREATE TABLE ${slots} AS SELECT * FROM (${state})${order}`,
    `CREATE TABLE main.${name} AS ${presentedAt(asOf)}`,
    `CREATE MACRO main.${duckdb.identifier(`${sqlNameOf(view.view.name)}_at`)}(as_of) AS TABLE ${presentedAt('epoch_ms(CAST(as_of AS TIMESTAMP))')}`,
  ]
}
