import { graphql, type ResultOf } from './graphql.ts'
import { useLive, type Live } from './use-live.ts'

const DEFINITIONS = graphql(`
  query Definitions {
    definitions {
      name
      doc
      source
      through
      fingerprint
      event
      topic
      where
      window
      every
      expires
      top
      tiles
      fields
      table
      columns {
        name
        role
        type
        missing
        definition
      }
    }
  }
`)

export type Definition = ResultOf<typeof DEFINITIONS>['definitions'][number]
export type DefinedColumn = Definition['columns'][number]

/** Every view. They change when the platform is started anew, so they are looked at now and then. */
export const useDefinitions = (): Live<{ readonly definitions: Definition[] }> =>
  useLive(DEFINITIONS, {}, { everyMs: 30_000 })

export const keysOf = ({ columns }: Definition): readonly DefinedColumn[] =>
  columns.filter(({ role }) => role === 'KEY')

export const measuresOf = ({ columns }: Definition): readonly DefinedColumn[] =>
  columns.filter(({ role }) => role === 'MEASURE')

/** Whether a column can be drawn: an amount, not an identity or a list. */
export const isAmount = ({ type }: Pick<DefinedColumn, 'type'>): boolean =>
  type === 'int' || type === 'number' || type.startsWith('decimal')

/** The folder a view is defined in: 'commerce', 'retail'. */
export const pipelineOf = ({ source }: Pick<Definition, 'source'>): string => {
  const folders = source.split('/').slice(0, -1)
  return folders.at(-1) ?? 'your own'
}

/** The measure a view is about: what its top is by, else the first that can be drawn. */
export const mainMeasure = (definition: Definition): DefinedColumn | null => {
  const by = definition.top?.split(' by ')[1]
  const amounts = measuresOf(definition).filter(isAmount)
  return amounts.find(({ name }) => name === by) ?? amounts[0] ?? null
}
