import { everyPart } from '@tidewater/expr'
import type { Expr, SqlDialect } from '@tidewater/expr'
import { sqlNameOf } from 'tidewater'
import type { EventDefinition, TableDefinition, ViewDefinition } from 'tidewater'
import type { Layout } from '../layout-types.ts'

/** All that the SQL of a view is printed from. */
export interface ViewSql {
  readonly view: ViewDefinition
  readonly event: EventDefinition
  readonly layout: Layout
  /** Definitions of the tables its lookups name. */
  readonly tables: ReadonlyMap<string, TableDefinition>
  /** The relation that holds a table's rows; its SQL name when not given. */
  readonly tableRelation?: (table: string) => string
}

export const relationOf = (plan: ViewSql, table: string, dialect: SqlDialect): string =>
  plan.tableRelation?.(table) ?? dialect.identifier(sqlNameOf(table))

/** Columns that name a group in the source: its window only where the view has one, for a constant is no free key. */
export const groupColumns = ({ view, layout }: ViewSql): readonly string[] => [
  '_partition',
  ...(view.window === null ? [] : ['_bucket']),
  ...layout.stateKeys.map((key) => key.column),
]

/** Every `orSkip` in an expression, outermost first: a row without its operand is left out. */
export const skipsOf = (expr: Expr): readonly Expr[] =>
  everyPart(expr).flatMap((part) => (part.op === 'orSkip' ? [part.args[0]] : []))
