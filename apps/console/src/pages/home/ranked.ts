import { keysOf, type DefinedColumn, type Definition } from '../../data/definitions.ts'
import type { Row } from '../../data/graphql.ts'
import type { Ranked } from '../../parts/ranking.tsx'
import { cell } from '../../words/format.ts'

/** Rows of a view as a ranking by one measure. */
export const rankedOf = (
  definition: Definition,
  measure: DefinedColumn,
  rows: readonly Row[],
): readonly Ranked[] =>
  rows.map((row) => {
    const keys = keysOf(definition).map(({ name, type }) => cell(row[name], type))
    return {
      id: keys.join(' '),
      name: keys.join(' · '),
      amount: Number(row[measure.name] ?? 0),
      text: cell(row[measure.name], measure.type),
    }
  })
