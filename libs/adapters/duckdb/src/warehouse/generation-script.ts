import { duckdb } from '@tidewater/expr'
import {
  keylessSql,
  meetsSql,
  mergedSlotsSql,
  oldestSql,
  outdatedSql,
  presentSql,
  slotsSql,
  type ViewSql,
} from '@tidewater/plan'
import { numberOfGeneration, type GenerationPlan } from '@tidewater/ports'
import {
  slotsTableOf,
  snakeCase,
  sqlNameOf,
  SQL_INTERNAL,
  type Catalog,
  type EventDefinition,
} from 'tidewater'
import { lostValues, type RawFiles } from '../raw-files.ts'
import { catalogSql, commentsSql } from './describe-sql.ts'
import { KEYLESS_TABLE, NEWEST_TABLE, type EarlierFile } from './earlier-file.ts'
import { addedOf, eventRowsSql, newestOf, sourceOf } from './event-rows-sql.ts'
import { generationSql } from './generation-table-sql.ts'
import { answerTo, type Statement } from './script.ts'
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
  /** What the file holds already; null: it is new. */
  earlier: EarlierFile | null,
): readonly Statement[] => {
  const events = [...catalog.events.values()]
  const filesOf = (event: EventDefinition): readonly RawFiles[] => archived.get(event.name) ?? []
  return [
    ...(earlier === null ? [`CREATE SCHEMA ${SQL_INTERNAL}`] : earlier.drops),
    `CREATE TABLE ${NEWEST_TABLE} (event VARCHAR, newest BIGINT)`,
    ...[...catalog.tables.values()].flatMap((table) => tableSql(table, catalog.contents.get(table.name))),
    ...events.flatMap((event) =>
      eventRowsSql(
        event,
        filesOf(event),
        plan,
        views.filter(({ view }) => view.from === event.name),
        earlier,
      ),
    ),
    ...views.flatMap((view) => [...stateSql(view, earlier), ...shownSql(view, plan)]),
    ...generationSql(plan),
    ...keylessRowsSql(views, earlier),
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

/** What each view leaves out for want of a key (A4). */
const keylessRowsSql = (views: readonly ViewSql[], earlier: EarlierFile | null): readonly string[] => [
  `CREATE TABLE main.${KEYLESS_TABLE} (view VARCHAR, "rows" BIGINT)`,
  ...views.flatMap((view) => {
    const isStep = earlier?.views.has(view.view.name) === true
    const counted = keylessSql(view, duckdb, isStep ? addedOf(view.event) : sourceOf(view.event))
    const before = isStep ? (earlier.keyless.get(view.view.name) ?? 0) : 0
    const name = duckdb.text(view.view.name)
    return counted === null
      ? []
      : [
          `INSERT INTO main.${KEYLESS_TABLE} SELECT ${name}, n + ${before} FROM (${counted}) WHERE n + ${before} > 0`,
        ]
  }),
]

/** The state of a view: made of all rows, or of the file's earlier state and the rows that came since. */
const stateSql = (view: ViewSql, earlier: EarlierFile | null): readonly Statement[] => {
  const slots = slotsOf(view)
  const newest = newestOf(view.event)
  // A windowed view is read by ranges of windows, so those stand together.
  const order = view.view.window === null ? '' : ' ORDER BY _bucket'
  if (earlier?.views.has(view.view.name) !== true) {
    const state = slotsSql(view, duckdb, { source: sourceOf(view.event), newest })
    return [`CREATE TABLE ${slots} AS SELECT * FROM (${state})${order}`]
  }
  const name = snakeCase(view.view.name)
  const parts = `parts_${name}`
  const nameOfOldest = (what: string): string => `oldest_${name}_${what}`
  const meets = meetsSql(view, duckdb, parts, (what) => answerTo(nameOfOldest(what)))
  const outdated = outdatedSql(view, newest)
  return [
    ...(outdated === null ? [] : [`DELETE FROM ${slots} WHERE ${outdated}`]),
    `CREATE TEMP TABLE ${parts} AS ${slotsSql(view, duckdb, { source: addedOf(view.event), newest })}`,
    ...oldestSql(view, parts).map(({ name: what, sql }) => ({ name: nameOfOldest(what), ask: sql })),
    ...meets.flatMap((condition) => [
      `INSERT INTO ${parts} SELECT * FROM ${slots} WHERE ${condition}`,
      `DELETE FROM ${slots} WHERE ${condition}`,
    ]),
    `INSERT INTO ${slots} SELECT * FROM (${mergedSlotsSql(view, duckdb, parts)})${order}`,
    `DROP TABLE ${parts}`,
  ]
}

/** What analysts see, and a macro that shows it as of another instant. */
const shownSql = (view: ViewSql, plan: GenerationPlan): readonly string[] => {
  const name = sqlNameOf(view.view.name)
  const presentedAt = (asOf: string, isParameter = false): string =>
    presentSql(view, duckdb, {
      slots: slotsOf(view),
      asOf,
      isParameter,
      extra: [
        { name: '_generation', sql: String(numberOfGeneration(plan.id)) },
        { name: '_as_of', sql: duckdb.toColumn({ kind: 'instant' }, asOf) },
      ],
    })
  return [
    `CREATE TABLE main.${duckdb.identifier(name)} AS ${presentedAt(`coalesce(${newestOf(view.event)}, ${plan.builtAt})`)}`,
    `CREATE MACRO main.${duckdb.identifier(`${name}_at`)}(as_of) AS TABLE ${presentedAt('epoch_ms(CAST(as_of AS TIMESTAMP))', true)}`,
  ]
}

const slotsOf = ({ view }: ViewSql): string => `${SQL_INTERNAL}.${duckdb.identifier(slotsTableOf(view.name))}`
