import { keysOf, type Definition } from '../../data/definitions.ts'
import { graphql } from '../../data/graphql.ts'
import { useLive } from '../../data/use-live.ts'
import { Answer } from '../../parts/answer.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Ranking } from '../../parts/ranking.tsx'
import { TimeChart } from '../../parts/time-chart.tsx'
import { title } from '../../words/title.ts'
import { courseOf } from '../home/course.ts'
import { rankedOf } from '../home/ranked.ts'
import { ASKED, OF_VIEW, variablesOf, type Question } from './question.ts'

const DRAWN = graphql(`
  query Drawn(${ASKED} $layer: Layer) {
    view(${OF_VIEW} orderBy: $order limit: $limit layer: $layer) {
      rows
    }
  }
`)

/** Beyond it a chart is no clearer, and ten thousand are the most that one answer holds. */
const MOST_POINTS = 10_000
const MOST_BARS = 10

interface DrawingProps {
  readonly definition: Definition
  readonly question: Question
}

/** One measure drawn: over time where there are windows, else the first groups. */
export const Drawing = ({ definition, question }: DrawingProps) => {
  const hasWindows = definition.every !== null
  const { measure } = question
  const answer = useLive(
    DRAWN,
    {
      ...variablesOf(definition, question),
      groupBy: hasWindows && keysOf(definition).length > 0 ? [] : question.groupBy && [...question.groupBy],
      order: hasWindows ? 'start asc' : `${measure ?? ''} desc`,
      limit: hasWindows ? MOST_POINTS : MOST_BARS,
      layer: question.layer,
    },
    { everyMs: 2_000, enabled: measure !== null },
  )
  const column = definition.columns.find(({ name }) => name === measure)
  if (measure === null || column === undefined) return null
  const tone = question.layer === 'MERGED' ? 'merged' : question.layer === 'BATCH' ? 'batch' : 'speed'
  return (
    <section className="card" aria-label={`${title(measure)}, drawn`}>
      <h2 className="card-title">{title(measure)}</h2>
      <Answer of={answer} what="the chart" lines={6}>
        {({ view }) => {
          if (view.rows.length === 0) return <Empty title="Nothing to draw" />
          if (!hasWindows)
            return <Ranking label={title(measure)} rows={rankedOf(definition, column, view.rows)} />
          const { times, series } = courseOf(view.rows, measure, question.every ?? definition.every ?? '')
          return (
            <TimeChart
              label={title(measure)}
              times={times}
              series={series.map((one) => ({ ...one, tone }))}
              look={times.length > 200 ? 'line' : 'bars'}
              height={220}
            />
          )
        }}
      </Answer>
    </section>
  )
}
