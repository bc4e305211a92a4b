import { clickhouse as dialect } from '@tidewater/expr'
import { layoutOf, type ViewSql } from '@tidewater/plan'
import { rawTableOf, slotsTableOf, sqlNameOf, SQL_DATABASE, SQL_INTERNAL, type Catalog } from 'tidewater'

export const published = (name: string): string => `${SQL_DATABASE}.${dialect.identifier(name)}`
export const internal = (name: string): string => `${SQL_INTERNAL}.${dialect.identifier(name)}`
export const rawOf = (event: string): string => published(rawTableOf(event))
/** The state of a view in one generation; the name carries the id, so nothing is ever overwritten by another worker. */
export const slotsNameOf = (view: string, generation: string): string => `${slotsTableOf(view)}_${generation}`
export const slotsOf = (view: string, generation: string): string => internal(slotsNameOf(view, generation))

/** The relations SQL is printed from; tables are qualified, since a view may be read from any database. */
export const viewSqlsOf = (catalog: Catalog): readonly ViewSql[] =>
  [...catalog.views.values()].map((view) => {
    const event = catalog.events.get(view.from)
    if (event === undefined) throw new Error(`view ${view.name} is of ${view.from}, which is no known event`)
    return {
      view,
      event,
      layout: layoutOf(view, event),
      tables: catalog.tables,
      tableRelation: (table) => published(sqlNameOf(table)),
    }
  })
