import { graphql, type ResultOf } from '../../data/graphql.ts'

export const GENERATION = graphql(`
  fragment Generation on Generation @_unmask {
    number
    id
    builtAt
    published
    views
    cut {
      topic
      partition
      next
    }
    reconciled {
      at
      checked
      mismatched
    }
  }
`)

export type Generation = ResultOf<typeof GENERATION>

/** Records below its cut. */
export const coveredBy = ({ cut }: Generation): number => cut.reduce((sum, { next }) => sum + next, 0)

/** The usual time from one to the next, ms; null: there are too few to tell. */
export const usualGap = (generations: readonly Generation[]): number | null => {
  const built = generations.map(({ builtAt }) => Date.parse(builtAt)).toSorted((a, b) => b - a)
  const gaps = built.slice(0, -1).map((at, index) => at - (built[index + 1] ?? at))
  return gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? null
}
