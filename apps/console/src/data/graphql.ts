import { initGraphQLTada } from 'gql.tada'
import type { introspection } from './schema.d.ts'

/** A value of a column as it travels: decimals and ids are texts, exact. */
export type Cell = string | number | boolean | null | readonly Cell[] | Row
export interface Row {
  readonly [column: string]: Cell
}

/** Writes a question; its answer is typed by the serving schema. */
export const graphql = initGraphQLTada<{
  introspection: introspection
  scalars: {
    ID: string
    Decimal: string
    Instant: string
    Long: number
    Period: string
    JSON: Row
  }
}>()

export type { ResultOf, VariablesOf } from 'gql.tada'
