import type { Catalog, JoinDefinition, PatternDefinition } from 'tidewater'
import type { Operator } from '../operator-types.ts'
import { compileJoin } from './join-operator.ts'

/** A join or a pattern as JavaScript. Throws when an event that it reads or sends is not in the catalog. */
export const compileOperator = (made: JoinDefinition | PatternDefinition, catalog: Catalog): Operator => {
  if (made.kind === 'join') return compileJoin(made, catalog)
  throw new Error(`${made.name}: patterns are not compiled yet`)
}
