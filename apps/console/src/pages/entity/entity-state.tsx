import { addressOf } from '../../app/address.ts'
import { Link } from '../../app/link.tsx'
import { keysOf, measuresOf, type Definition } from '../../data/definitions.ts'
import { graphql } from '../../data/graphql.ts'
import { useLive } from '../../data/use-live.ts'
import { Answer } from '../../parts/answer.tsx'
import { Card } from '../../parts/card.tsx'
import { Empty } from '../../parts/empty.tsx'
import { FRESHNESS, Freshness } from '../../parts/freshness.tsx'
import { cell } from '../../words/format.ts'
import { title } from '../../words/title.ts'

const STATE = graphql(
  `
    query EntityState($name: String!, $key: JSON!, $asOf: Instant!) {
      view(name: $name, key: $key, asOf: $asOf) {
        rows
        freshness {
          ...Freshness
        }
      }
    }
  `,
  [FRESHNESS],
)

interface EntityStateProps {
  readonly definition: Definition
  readonly value: string
  readonly asOf: string
}

/** Every measure of one view for it, now or at another instant. */
export const EntityState = ({ definition, value, asOf }: EntityStateProps) => {
  const { name, doc } = definition
  const key = Object.fromEntries(keysOf(definition).map((column) => [column.name, value]))
  const answer = useLive(STATE, { name, key, asOf }, { everyMs: asOf === 'now' ? 1_000 : null })
  return (
    <Card
      title={<Link to={addressOf(['views', name])}>{title(name)}</Link>}
      doc={doc}
      aside={answer.data === undefined ? null : <Freshness of={answer.data.view.freshness} />}
    >
      <Answer of={answer} what={title(name)} lines={6}>
        {({ view: { rows } }) => {
          const [row] = rows
          if (row === undefined)
            return (
              <Empty title="Not seen">
                <p>Never, or silent for longer than the view remembers.</p>
              </Empty>
            )
          return (
            <dl className="measures">
              {measuresOf(definition).map((measure) => (
                <div key={measure.name} title={measure.definition}>
                  <dt>{title(measure.name)}</dt>
                  <dd>{cell(row[measure.name], measure.type)}</dd>
                </div>
              ))}
            </dl>
          )
        }}
      </Answer>
    </Card>
  )
}
