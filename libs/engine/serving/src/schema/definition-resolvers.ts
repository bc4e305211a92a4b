import { periodOf } from '@tidewater/merge'
import { DIALECTS, printView, readableParts } from '@tidewater/plan'
import { explainView } from 'tidewater'
import type { Catalog, Explanation, ViewDefinition } from 'tidewater'
import type { Resolver } from './view-resolvers.ts'

/** What is printed anew is asked for by name alone: it is long, and seldom looked at. */
export const definitionQueries = (catalog: Catalog): Readonly<Record<string, Resolver>> => {
  const present = (view: ViewDefinition) => presentDefinition(view, catalog)
  return {
    definitions: () => [...catalog.views.values()].map(present),
    definition: (_source, { view }) => {
      const found = catalog.views.get(view as string)
      return found === undefined ? null : present(found)
    },
  }
}

const presentDefinition = (view: ViewDefinition, catalog: Catalog) => {
  const { graphql, sql, columns, ...explained } = explainView(view, catalog)
  return {
    ...explained,
    event: view.from,
    every: view.window === null ? null : periodOf(view.window),
    fields: graphql,
    table: sql,
    columns: columns.map(presentColumn),
    javascript: () => readableParts(view, catalog),
    sql: () =>
      Object.values(DIALECTS).map((dialect) => ({
        engine: dialect.name,
        ...printView(view, catalog, dialect),
      })),
  }
}

const presentColumn = (column: Explanation['columns'][number]) => ({
  ...column,
  role: column.role === 'key' ? 'KEY' : 'MEASURE',
})
