import { AGGREGATES } from '@tidewater/aggregates'

/** A one-line fault, to see that it is caught: what it does to an engine's statements, or to JavaScript before all. */
export interface Plant {
  readonly duckdb: (sql: string) => string
  readonly clickhouse: (sql: string) => string
  readonly prepare: () => void
}

const asIs = (sql: string): string => sql
export const NOTHING: Plant = { duckdb: asIs, clickhouse: asIs, prepare: () => undefined }

const replacing = (from: string | RegExp, to: string) => (sql: string) => sql.replaceAll(from, to)

/** Multiplies or shifts what an aggregate presents. */
const presenting = (name: keyof typeof AGGREGATES, change: (source: string) => string): (() => void) => () => {
  const aggregate = AGGREGATES[name]
  const { code } = aggregate
  Object.assign(aggregate, {
    code: (...args: Parameters<typeof code>) => {
      const made = code(...args)
      return { ...made, present: (slots: readonly string[]) => {
        const atom = made.present(slots)
        return { ...atom, source: change(atom.source) }
      } }
    },
  })
}

export const PLANTS: Readonly<Record<string, Plant>> = {
  'duckdb:sum': { ...NOTHING, duckdb: replacing('coalesce(sum(', 'coalesce(max(') },
  'duckdb:tiles': { ...NOTHING, duckdb: replacing('s._tile >', 's._tile >=') },
  'duckdb:session': { ...NOTHING, duckdb: replacing(/at_ms - before_ms <= /g, 'at_ms - before_ms < ') },
  'clickhouse:latest': { ...NOTHING, clickhouse: replacing('argMaxOrNull', 'argMinOrNull') },
  'clickhouse:distinct': { ...NOTHING, clickhouse: replacing('groupUniqArrayArray', 'groupArrayArray') },
  'clickhouse:cut': { ...NOTHING, clickhouse: replacing('_offset >= CASE', '_offset > CASE') },
  'js:mean': { ...NOTHING, prepare: presenting('mean', (source) => `((x) => x === null ? null : x * 1.000001)(${source})`) },
  'js:count': { ...NOTHING, prepare: presenting('count', (source) => `(${source} === 3 ? 4 : ${source})`) },
  'js:earliest': { ...NOTHING, prepare: () => Object.assign(AGGREGATES.earliest, { code: AGGREGATES.latest.code }) },
}
