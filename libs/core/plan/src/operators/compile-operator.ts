import type { Catalog, JoinDefinition, PatternDefinition } from 'tidewater'
import type { Operator } from '../operator-types.ts'
import { compileJoin } from './join-operator.ts'
import { compilePattern } from './pattern-operator.ts'

/** A join or a pattern as JavaScript. Throws when an event that it reads or sends is not in the catalog. */
export const compileOperator = (made: JoinDefinition | PatternDefinition, catalog: Catalog): Operator =>
  made.kind === 'join' ? compileJoin(made, catalog) : compilePattern(made, catalog)
