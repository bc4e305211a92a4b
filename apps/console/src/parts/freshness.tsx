import { graphql, type ResultOf } from '../data/graphql.ts'
import { instant, span } from '../words/format.ts'

export const FRESHNESS = graphql(`
  fragment Freshness on Freshness @_unmask {
    asOf
    generation
    builtAt
    cut {
      topic
      partition
      next
    }
    offsets {
      topic
      partition
      next
    }
    watermark
    lagMs
    degraded
  }
`)

export type Fresh = ResultOf<typeof FRESHNESS>

/** How current an answer is, in a word; all of it when pointed at. */
export const Freshness = ({ of }: { readonly of: Fresh }) => {
  const { degraded, lagMs, generation, builtAt, watermark, asOf } = of
  const told = [
    `as of ${instant(asOf)} UTC`,
    generation === null || generation === 0
      ? 'no generation yet: all of it from the speed layer'
      : `batch part: generation ${generation}, built ${builtAt === null ? '' : instant(builtAt)}`,
    watermark === null ? 'no event yet' : `windows before ${instant(watermark)} are closed`,
    ...degraded,
  ].join('\n')
  const notable = degraded.filter((name) => name !== 'windows-after-last-event')
  if (notable.length > 0)
    return (
      <span className="tag is-warn" title={told}>
        {notable[0]}
        {notable.length > 1 ? ` +${notable.length - 1}` : ''}
      </span>
    )
  return (
    <span className={lagMs > 5_000 ? 'tag is-warn' : 'tag is-good'} title={told}>
      {lagMs === 0 ? 'up to date' : `${span(lagMs)} behind`}
    </span>
  )
}
