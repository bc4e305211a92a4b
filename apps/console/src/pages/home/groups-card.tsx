import { addressOf } from '../../app/address.ts'
import { Link } from '../../app/link.tsx'
import { keysOf, mainMeasure, type Definition } from '../../data/definitions.ts'
import { graphql } from '../../data/graphql.ts'
import { useLive } from '../../data/use-live.ts'
import { Answer } from '../../parts/answer.tsx'
import { Card } from '../../parts/card.tsx'
import { Figure, Figures } from '../../parts/figure.tsx'
import { FRESHNESS, Freshness } from '../../parts/freshness.tsx'
import { Ranking, type Ranked } from '../../parts/ranking.tsx'
import { count } from '../../words/format.ts'
import { title } from '../../words/title.ts'
import { NoEvents } from './no-events.tsx'
import { rankedOf } from './ranked.ts'

const GROUPS = graphql(
  `
    query Groups($name: String!, $order: String) {
      view(name: $name, orderBy: $order, limit: 6) {
        rows
        rowCount
        freshness {
          ...Freshness
        }
      }
    }
  `,
  [FRESHNESS],
)

/** A view without windows: how many groups it has, and the first of them. */
export const GroupsCard = ({ definition }: { readonly definition: Definition }) => {
  const { name, doc, expires } = definition
  const main = mainMeasure(definition)
  const answer = useLive(GROUPS, { name, order: main?.name ?? null }, { everyMs: 2_000 })
  const [key] = keysOf(definition)
  return (
    <Card
      title={<Link to={addressOf(['views', name])}>{title(name)}</Link>}
      doc={doc}
      aside={answer.data === undefined ? null : <Freshness of={answer.data.view.freshness} />}
    >
      <Answer of={answer} what={title(name)} lines={5}>
        {({ view }) =>
          main === null || key === undefined || view.rows.length === 0 ? (
            <NoEvents
              definition={definition}
              since={expires === null ? 'so far' : `in the last ${expires}`}
            />
          ) : (
            <>
              <Figures>
                <Figure
                  name={title(key.name)}
                  value={count(view.rowCount)}
                  more={expires === null ? 'different so far' : `different in the last ${expires}`}
                />
              </Figures>
              <p className="ranking-title">Most {title(main.name).toLowerCase()}</p>
              <Ranking
                label={`Most ${title(main.name)}`}
                rows={rankedOf(definition, main, view.rows).map((ranked, index) =>
                  linked(ranked, key.name, view.rows[index]?.[key.name]),
                )}
              />
            </>
          )
        }
      </Answer>
    </Card>
  )
}

const linked = (ranked: Ranked, key: string, value: unknown): Ranked => ({
  ...ranked,
  name: <Link to={addressOf(['entity', key, String(value)])}>{ranked.name}</Link>,
})
