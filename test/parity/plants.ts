import { AGGREGATES } from '@tidewater/aggregates'
import type { Aggregate, AggregateName } from '@tidewater/aggregates'

/** A one-line fault, to see that it is caught: what it does to an engine's statements, or to JavaScript before all. */
export interface Plant {
  readonly duckdb: (sql: string) => string
  readonly clickhouse: (sql: string) => string
  readonly prepare: () => void
  readonly undo: () => void
}

const asIs = (sql: string): string => sql
export const NOTHING: Plant = {
  duckdb: asIs,
  clickhouse: asIs,
  prepare: () => undefined,
  undo: () => undefined,
}

const replacing = (from: string | RegExp, to: string) => (sql: string) => sql.replaceAll(from, to)

type Code = Aggregate['code']

/** Another code for an aggregate of JavaScript. */
const recoding = (name: AggregateName, change: (code: Code) => Code): Plant => {
  const aggregate = AGGREGATES[name]
  const { code } = aggregate
  const become = (other: Code) => (): void => {
    Object.assign(aggregate, { code: other })
  }
  return { ...NOTHING, prepare: become(change(code)), undo: become(code) }
}

/** Changes the source of what an aggregate presents. */
const presenting =
  (change: (source: string) => string) =>
  (code: Code): Code =>
  (call, body) => {
    const made = code(call, body)
    return {
      ...made,
      present: (slots, reading) => {
        const atom = made.present(slots, reading)
        return { ...atom, source: change(atom.source) }
      },
    }
  }

export const PLANTS: Readonly<Record<string, Plant>> = {
  'duckdb:sum': { ...NOTHING, duckdb: replacing('coalesce(sum(', 'coalesce(max(') },
  'duckdb:tiles': { ...NOTHING, duckdb: replacing('s._tile >', 's._tile >=') },
  'duckdb:session': { ...NOTHING, duckdb: replacing(/at_ms - before_ms <= /g, 'at_ms - before_ms < ') },
  'clickhouse:latest': { ...NOTHING, clickhouse: replacing('argMaxOrNull', 'argMinOrNull') },
  'clickhouse:distinct': { ...NOTHING, clickhouse: replacing('groupUniqArrayArray', 'groupArrayArray') },
  'clickhouse:cut': { ...NOTHING, clickhouse: replacing(/(_partition = \d+ AND _offset) >= /g, '$1 > ') },
  'duckdb:weight': { ...NOTHING, duckdb: replacing('38616031', '38616032') },
  'clickhouse:level': { ...NOTHING, clickhouse: replacing("'/'", "'-'") },
  'js:mean': recoding(
    'mean',
    presenting((source) => `((x) => x === null ? null : x * 1.000001)(${source})`),
  ),
  'js:count': recoding(
    'count',
    presenting((source) => `(${source} === 3 ? 4 : ${source})`),
  ),
  'js:earliest': recoding('earliest', () => AGGREGATES.latest.code),
}
