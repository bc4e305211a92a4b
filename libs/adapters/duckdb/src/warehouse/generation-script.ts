import { duckdb } from '@tidewater/expr'
import { dedupedSql, presentSql, slotsSql, type ViewSql } from '@tidewater/plan'
import { numberOfGeneration, type GenerationPlan } from '@tidewater/ports'
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
import { rawColumns, rawFiles } from '../parquet-writer.ts'
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
): readonly string[] => {
  const events = [...catalog.events.values()]
  return [
    `CREATE SCHEMA ${SQL_INTERNAL}`,
    ...[...catalog.tables.values()].flatMap((table) => tableSql(table, catalog.contents.get(table.name))),
    ...events.flatMap((event) =>
      eventSql(
        event,
        plan,
        views.filter(({ view }) => view.from === event.name),
      ),
    ),
    ...views.flatMap((view) => viewSql(view, plan)),
    ...generationSql(plan),
    ...commentsSql(catalog, views),
    ...catalogSql(catalog, views),
  ]
}

const below = (event: EventDefinition, plan: GenerationPlan): string => {
  const cuts = plan.cuts.filter(({ topic, cut }) => topic === topicOf(event.name) && cut > 0)
  const cases = cuts.map(({ partition, cut }) => ` WHEN ${partition} THEN ${cut}`).join('')
  return cuts.length === 0 ? 'false' : `_offset < CASE _partition${cases} ELSE 0 END`
}

const sourceOf = (event: EventDefinition): string => `source_${snakeCase(event.name)}`
const newestOf = (event: EventDefinition): string => `getvariable('newest_${snakeCase(event.name)}')`

const eventSql = (
  event: EventDefinition,
  plan: GenerationPlan,
  views: readonly ViewSql[],
): readonly string[] => {
  const raw = duckdb.identifier(rawTableOf(event.name))
  const names = rawColumns(event)
    .map(({ name }) => duckdb.identifier(name))
    .join(', ')
  const rows = `SELECT * FROM (${rawFiles(event, plan.files.get(event.name) ?? [])}) WHERE ${below(event, plan)}`
  const appended = 'epoch_ms(_appended_at)'
  const copied = `lag(${appended}) OVER (PARTITION BY _partition, _id ORDER BY _offset)`
  const dup = `CAST(coalesce(${appended} - ${copied} <= ${event.horizonMs}, false) AS UTINYINT) AS _dup`
  const view = `CREATE VIEW main.${raw} AS SELECT ${names}, ${dup} FROM (${rows})`
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
    `CREATE TEMP TABLE ${sourceOf(event)} AS SELECT ${needed.join(', ')} FROM (${dedupedSql(event, duckdb, `below_${snakeCase(event.name)}`)})`,
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
  const shown = (at: string): string =>
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
    `CREATE TABLE main.${name} AS ${shown(asOf)}`,
    `CREATE MACRO main.${duckdb.identifier(`${sqlNameOf(view.view.name)}_at`)}(as_of) AS TABLE ${shown('epoch_ms(CAST(as_of AS TIMESTAMP))')}`,
  ]
}
