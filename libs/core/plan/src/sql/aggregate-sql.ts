import type { SqlDialect, Type } from '@tidewater/expr'

/** The aggregate functions of an engine over cell forms. `only` is a condition that is never NULL, or null for all rows. */
export interface AggregateSql {
  /** Rows, 0 when none. */
  count(only: string | null): string
  /** Total of integers, in 128 bits, 0 when none. */
  sumInteger(x: string, only: string | null): string
  /** Total of counts, 0 when none. */
  sumCount(x: string, only: string | null): string
  /** Total of doubles, 0 when none. */
  sumDouble(x: string, only: string | null): string
  min(x: string, only: string | null): string
  max(x: string, only: string | null): string
  /** The x where `order` (never NULL under `only`, as x is not) is greatest. */
  atGreatest(x: string, order: string, only: string | null): string
  atLeast(x: string, order: string, only: string | null): string
  /** Up to `limit` distinct values as a list; empty when none. */
  distinct(x: string, limit: number, type: Type, only: string | null): string
  /** Up to `limit` distinct values of lists. */
  distinctOfLists(list: string, limit: number, type: Type, only: string | null): string
  length(list: string): string
  emptyList(type: Type): string
}

const filter = (only: string | null): string => (only === null ? '' : ` FILTER (WHERE ${only})`)

const duckdb = (dialect: SqlDialect): AggregateSql => ({
  count: (only) => `count(*)${filter(only)}`,
  sumInteger: (x, only) => `coalesce(sum(${x})${filter(only)}, 0::HUGEINT)`,
  sumCount: (x, only) => `CAST(coalesce(sum(${x})${filter(only)}, 0) AS BIGINT)`,
  sumDouble: (x, only) => `coalesce(sum(${x})${filter(only)}, 0e0)`,
  min: (x, only) => `min(${x})${filter(only)}`,
  max: (x, only) => `max(${x})${filter(only)}`,
  atGreatest: (x, order, only) => `arg_max(${x}, ${order})${filter(only)}`,
  atLeast: (x, order, only) => `arg_min(${x}, ${order})${filter(only)}`,
  distinct: (x, limit, type, only) =>
    `coalesce(list_slice(list(DISTINCT ${x}) FILTER (WHERE ${x} IS NOT NULL${only === null ? '' : ` AND ${only}`}), 1, ${limit}), ${emptyList(dialect, type)})`,
  distinctOfLists: (list, limit, type, only) =>
    `coalesce(list_slice(list_distinct(flatten(list(${list})${filter(only)})), 1, ${limit}), ${emptyList(dialect, type)})`,
  length: (list) => `len(${list})`,
  emptyList: (type) => emptyList(dialect, type),
})

const emptyList = (dialect: SqlDialect, type: Type): string => `CAST([] AS ${dialect.setType(type)})`

/** `sum` → `sumIf(x, only)`. */
const call = (name: string, args: readonly string[], only: string | null, parameter = ''): string =>
  only === null
    ? `${name}${parameter}(${args.join(', ')})`
    : `${name}If${parameter}(${[...args, only].join(', ')})`

const clickhouse = (dialect: SqlDialect): AggregateSql => ({
  count: (only) => `toInt64(${call('count', [], only)})`,
  // Sums of 64 bits wrap silently, so each value is widened first.
  sumInteger: (x, only) => `coalesce(${call('sum', [`CAST(${x} AS Nullable(Int128))`], only)}, toInt128(0))`,
  sumCount: (x, only) => `toInt64(coalesce(${call('sum', [x], only)}, 0))`,
  sumDouble: (x, only) => `coalesce(${call('sum', [x], only)}, 0e0)`,
  // OrNull: the plain ones answer 0 or '' when no row qualifies.
  min: (x, only) => call('minOrNull', [x], only),
  max: (x, only) => call('maxOrNull', [x], only),
  atGreatest: (x, order, only) => call('argMaxOrNull', [x, order], only),
  atLeast: (x, order, only) => call('argMinOrNull', [x, order], only),
  distinct: (x, limit, _type, only) => call('groupUniqArray', [x], only, `(${limit})`),
  distinctOfLists: (list, limit, _type, only) => call('groupUniqArrayArray', [list], only, `(${limit})`),
  length: (list) => `length(${list})`,
  emptyList: (type) => emptyList(dialect, type),
})

export const aggregateSqlOf = (dialect: SqlDialect): AggregateSql =>
  dialect.name === 'duckdb' ? duckdb(dialect) : clickhouse(dialect)
