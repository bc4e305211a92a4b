import type { Listed, ListQuery, Position, Regrouped, Regrouping } from '@tidewater/merge'
import type { OffsetVector } from '@tidewater/ports'
import type { ListQuestion } from './list-question.ts'
import type { ListRange } from './list-range.ts'
import type { ViewAccess } from './view-access.ts'

/** A list's question with all its instants known. */
export interface Asked {
  readonly question: ListQuestion
  readonly range: ListRange
  readonly asOf: number
  /** Only rows behind it. */
  readonly after: Position | null
}

export interface FoundRows {
  readonly listed: Listed
  /** Rows of the range before, moved onto the one asked for so that both have the same starts. */
  readonly previous: readonly Regrouped[]
  /** What the archive had of it; null: answered from the kept state. */
  readonly past: OffsetVector | null
}

export const queryOf = ({ question, asOf, after }: Asked): ListQuery => ({ ...question, asOf, after })

export const regroupingOf = (
  access: ViewAccess,
  { where, groupBy, keys }: ListQuestion,
  { windows, from, to }: ListRange,
): Regrouping => {
  const [only] = access.keys
  const named =
    keys === null || only === undefined ? where : [...where, { column: only.name, test: { in: keys } }]
  return { where: named, groupBy, windows, range: { from, to } }
}
