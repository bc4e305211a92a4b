import type { SqlDialect } from '@tidewater/expr'

/** DuckDB keeps a copy of a relation that a statement uses twice: worth it for a computed one, not for a table. */
export const readAgain = (dialect: SqlDialect, relation: string): string =>
  dialect.name === 'duckdb' && !relation.trimStart().startsWith('(') ? 'AS NOT MATERIALIZED' : 'AS'
