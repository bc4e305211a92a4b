import { duckdb } from '@tidewater/expr'
import type { ViewSql } from '@tidewater/plan'
import type { GenerationPlan } from '@tidewater/ports'
import {
  copyWords,
  endsOfCuts,
  ENVELOPE,
  isBelowSql,
  isBeyondSql,
  withoutCopies,
  withoutCopiesAmong,
  type Ends,
} from '@tidewater/rows'
import { rawTableOf, snakeCase, topicOf, type EventDefinition } from 'tidewater'
import { rawColumns, rawRows, type RawFiles } from '../raw-files.ts'
import { NEWEST_TABLE, type EarlierFile } from './earlier-file.ts'
import { fieldsOf } from './fields-of.ts'
import { answerTo, type Statement } from './script.ts'

/** The rows of an event without copies: all below the cuts, and those that came since the earlier ones. */
export const sourceOf = (event: EventDefinition): string => `source_${snakeCase(event.name)}`
export const addedOf = (event: EventDefinition): string => `added_${snakeCase(event.name)}`
/** The newest event time of all rows, ms. */
export const newestOf = (event: EventDefinition): string => answerTo(nameOfNewest(event))

const nameOfNewest = (event: EventDefinition): string => `newest_${snakeCase(event.name)}`

/** An event's raw view for analysts, and the rows that the state of its views is made of. */
export const eventRowsSql = (
  event: EventDefinition,
  files: readonly RawFiles[],
  plan: GenerationPlan,
  views: readonly ViewSql[],
  earlier: EarlierFile | null,
): readonly Statement[] => {
  const below = isBelowSql(endsOfCuts(topicOf(event.name), plan.cuts))
  const rows = `SELECT * FROM (${rawRows(event, files)}) WHERE ${below}`
  const raw = rawView(event, rows)
  if (views.length === 0) return [raw]
  const columns = [
    '_partition',
    '_offset',
    ...fieldsOf(event, views).map((name) => duckdb.identifier(snakeCase(name))),
  ]
  const isStep = earlier !== null && views.some(({ view }) => earlier.views.has(view.name))
  const isWhole = !isStep || views.some(({ view }) => !earlier.views.has(view.name))
  const ends = endsOfCuts(topicOf(event.name), earlier?.cuts ?? [])
  return [
    raw,
    ...(isWhole ? wholeSql(event, rows, columns) : []),
    ...(isStep && isWhole
      ? [`CREATE TEMP VIEW ${addedOf(event)} AS SELECT * FROM ${sourceOf(event)} WHERE ${isBeyondSql(ends)}`]
      : []),
    ...(isStep && !isWhole ? addedSql(event, earlier, betweenSql(event, plan, ends), ends, columns) : []),
    isWhole ? askNewest(event, sourceOf(event), null) : askNewest(event, addedOf(event), earlier),
    `INSERT INTO ${NEWEST_TABLE} VALUES (${duckdb.text(event.name)}, ${newestOf(event)})`,
  ]
}

const rawView = (event: EventDefinition, rows: string): string => {
  const names = rawColumns(event)
    .map(({ name }) => duckdb.identifier(name))
    .join(', ')
  const { mark, before, isCopy } = copyWords(event, duckdb)
  return `CREATE VIEW main.${duckdb.identifier(rawTableOf(event.name))} AS SELECT ${names}, CAST(${isCopy(mark, before)} AS UTINYINT) AS _dup FROM (${rows})`
}

const wholeSql = (event: EventDefinition, rows: string, columns: readonly string[]): readonly string[] => {
  const below = `below_${snakeCase(event.name)}`
  return [
    `CREATE TEMP VIEW ${below} AS ${rows}`,
    `CREATE TEMP TABLE ${sourceOf(event)} AS SELECT ${columns.join(', ')} FROM (${withoutCopies(event, duckdb, below)})`,
  ]
}

/** Rows between the cuts; of earlier ones only those envelopes are kept that decide which of them are copies. */
const addedSql = (
  event: EventDefinition,
  { added, near }: EarlierFile,
  between: string,
  ends: Ends,
  columns: readonly string[],
): readonly string[] => {
  const later = `later_${snakeCase(event.name)}`
  const deciding = `deciding_${snakeCase(event.name)}`
  const earlier = `(SELECT * FROM (${rawRows(event, near.get(event.name) ?? [])}) WHERE ${isBelowSql(ends)})`
  const among = `(SELECT ${ENVELOPE} FROM ${deciding} UNION ALL SELECT ${ENVELOPE} FROM ${later})`
  const envelope = ['_id', '_appended_at']
  return [
    `CREATE TEMP TABLE ${later} AS SELECT ${[...columns, ...envelope].join(', ')} FROM (${rawRows(event, added.get(event.name) ?? [])}) WHERE ${between}`,
    `CREATE TEMP TABLE ${deciding} AS ${copyWords(event, duckdb).deciding(earlier, later)}`,
    `CREATE TEMP TABLE ${addedOf(event)} AS SELECT ${columns.join(', ')} FROM (${withoutCopiesAmong(event, duckdb, later, among)})`,
  ]
}

const betweenSql = (event: EventDefinition, plan: GenerationPlan, ends: Ends): string => {
  const cuts = endsOfCuts(topicOf(event.name), plan.cuts)
  const grown = [...cuts].flatMap(([partition, cut]) => {
    const end = ends.get(partition) ?? 0
    return cut > end ? [end] : []
  })
  // Joined files have earlier rows too: one bound on the offset alone lets those be skipped by what Parquet says of them.
  return `_offset >= ${Math.min(...grown, 2 ** 53)} AND ${isBeyondSql(ends)} AND ${isBelowSql(cuts)}`
}

const askNewest = (event: EventDefinition, rows: string, earlier: EarlierFile | null): Statement => {
  const newest = `(SELECT max(epoch_ms(${duckdb.identifier(snakeCase(event.time))})) FROM ${rows})`
  const before = earlier?.newest.get(event.name) ?? null
  return {
    name: nameOfNewest(event),
    ask: `SELECT ${before === null ? newest : `greatest(${newest}, ${before})`} AS answer`,
  }
}
