import { must } from '@tidewater/base'
import { clickhouse, duckdb } from '@tidewater/expr'
import type { SqlDialect } from '@tidewater/expr'
import { withoutCopies } from '@tidewater/rows'
import { SQL_INTERNAL, rawTableOf, slotsTableOf } from 'tidewater'
import type { Catalog, ViewDefinition } from 'tidewater'
import { layoutOf } from '../layout.ts'
import { presentSql } from '../sql/present-sql.ts'
import { slotsSql } from '../sql/slots-sql.ts'
import type { ViewSql } from '../sql/view-sql.ts'

export const DIALECTS: Readonly<Record<SqlDialect['name'], SqlDialect>> = { duckdb, clickhouse }

/** The SQL of a view in one engine: its state from the raw rows, and its answer from the state. */
export interface PrintedView {
  readonly state: string
  readonly answer: string
}

export const printView = (view: ViewDefinition, catalog: Catalog, dialect: SqlDialect): PrintedView => {
  const event = must(catalog.events.get(view.from), `event ${view.from}`)
  const plan: ViewSql = { view, event, layout: layoutOf(view, event), tables: catalog.tables }
  return {
    state: slotsSql(plan, dialect, { source: `(${withoutCopies(event, dialect, rawTableOf(event.name))})` }),
    answer: presentSql(plan, dialect, {
      slots: `${SQL_INTERNAL}.${slotsTableOf(view.name)}`,
      asOf: dialect.now,
    }),
  }
}
