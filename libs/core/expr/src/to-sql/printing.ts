import type { Expr } from '../node.ts'
import type { SqlDialect } from './dialect.ts'

/** What printing one node needs: the engine and how its operands are printed. */
export interface Printing {
  readonly dialect: SqlDialect
  readonly print: (expr: Expr) => string
}
