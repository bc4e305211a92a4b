import { addressOf } from '../../app/address.ts'
import { Link } from '../../app/link.tsx'
import { mainMeasure, measuresOf, type Definition } from '../../data/definitions.ts'
import { graphql } from '../../data/graphql.ts'
import { useLive } from '../../data/use-live.ts'
import { Answer } from '../../parts/answer.tsx'
import { Card } from '../../parts/card.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Figure, Figures } from '../../parts/figure.tsx'
import { FRESHNESS, Freshness } from '../../parts/freshness.tsx'
import { TimeChart } from '../../parts/time-chart.tsx'
import { cell } from '../../words/format.ts'
import { title } from '../../words/title.ts'
import { courseOf } from '../home/course.ts'

const COURSE = graphql(
  `
    query EntityCourse($name: String!, $where: JSON!) {
      view(name: $name, where: $where, groupBy: [], orderBy: "start asc", limit: 5000) {
        rows
        total
        freshness {
          ...Freshness
        }
      }
    }
  `,
  [FRESHNESS],
)

interface EntityCourseProps {
  readonly definition: Definition
  readonly name: string
  readonly value: string
}

/** Its share of a view with windows, over all time. */
export const EntityCourse = ({ definition, name: key, value }: EntityCourseProps) => {
  const { name, doc, every } = definition
  const main = mainMeasure(definition)
  const answer = useLive(COURSE, { name, where: { [key]: { eq: value } } }, { everyMs: 2_000 })
  const itsRows = addressOf(['views', name], { where: `${key} eq ${value}`, from: 'all' })
  return (
    <Card
      title={<Link to={itsRows}>{title(name)}</Link>}
      doc={doc}
      aside={answer.data === undefined ? null : <Freshness of={answer.data.view.freshness} />}
    >
      <Answer of={answer} what={title(name)} lines={6}>
        {({ view: { rows, total } }) =>
          rows.length === 0 || main === null ? (
            <Empty title="Nothing of it here" />
          ) : (
            <>
              <Figures>
                {measuresOf(definition).map((measure) => (
                  <Figure
                    key={measure.name}
                    name={title(measure.name)}
                    value={cell(total?.[measure.name], measure.type)}
                  />
                ))}
              </Figures>
              <TimeChart
                label={`${title(main.name)} of ${value}`}
                height={140}
                look={rows.length > 150 ? 'line' : 'bars'}
                {...courseOf(rows, main.name, every ?? '')}
              />
            </>
          )
        }
      </Answer>
    </Card>
  )
}
