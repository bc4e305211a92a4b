import { addressOf } from '../../app/address.ts'
import { Link } from '../../app/link.tsx'
import { keysOf, mainMeasure, measuresOf, type Definition } from '../../data/definitions.ts'
import { graphql } from '../../data/graphql.ts'
import { useLive } from '../../data/use-live.ts'
import { Answer } from '../../parts/answer.tsx'
import { Card } from '../../parts/card.tsx'
import { Figure, Figures } from '../../parts/figure.tsx'
import { FRESHNESS, Freshness } from '../../parts/freshness.tsx'
import { Ranking } from '../../parts/ranking.tsx'
import { TimeChart } from '../../parts/time-chart.tsx'
import { cell } from '../../words/format.ts'
import { title } from '../../words/title.ts'
import { courseOf } from './course.ts'
import { fromOf, sinceWords, type LookBack } from './look-back.ts'
import { NoEvents } from './no-events.tsx'
import { rankedOf } from './ranked.ts'

const WINDOWS = graphql(
  `
    query Windows($name: String!, $from: Instant, $order: String, $wantsGroups: Boolean!) {
      course: view(name: $name, from: $from, groupBy: [], orderBy: "start asc", limit: 3000) {
        rows
        total
        freshness {
          ...Freshness
        }
      }
      groups: view(name: $name, from: $from, every: "all", orderBy: $order, limit: 6)
        @include(if: $wantsGroups) {
        rows
      }
    }
  `,
  [FRESHNESS],
)

interface WindowsCardProps {
  readonly definition: Definition
  readonly every: string
  readonly lookBack: LookBack
}

const FIGURES = 3

/** A view with windows: its course, what it comes to, and its first groups. */
export const WindowsCard = ({ definition, every, lookBack }: WindowsCardProps) => {
  const { name, doc } = definition
  const main = mainMeasure(definition)
  const from = fromOf(every, lookBack)
  const answer = useLive(
    WINDOWS,
    { name, from, order: main?.name ?? null, wantsGroups: keysOf(definition).length > 0 },
    { everyMs: 2_000 },
  )
  return (
    <Card
      title={<Link to={addressOf(['views', name])}>{title(name)}</Link>}
      doc={doc}
      aside={answer.data === undefined ? null : <Freshness of={answer.data.course.freshness} />}
    >
      <Answer of={answer} what={title(name)} lines={5}>
        {({ course, groups }) =>
          main === null || course.rows.length === 0 ? (
            <NoEvents definition={definition} since={sinceWords(from)} />
          ) : (
            <>
              <Figures>
                {measuresOf(definition)
                  .slice(0, FIGURES)
                  .map((measure) => (
                    <Figure
                      key={measure.name}
                      name={title(measure.name)}
                      value={cell(course.total?.[measure.name], measure.type)}
                      more={measure.name === main.name ? sinceWords(from) : undefined}
                    />
                  ))}
              </Figures>
              <TimeChart
                label={`${title(main.name)} by ${definition.window ?? 'window'}`}
                height={130}
                look="bars"
                {...courseOf(course.rows, main.name, every)}
              />
              {groups === undefined ? null : (
                <Ranking label={`Most ${title(main.name)}`} rows={rankedOf(definition, main, groups.rows)} />
              )}
            </>
          )
        }
      </Answer>
    </Card>
  )
}
