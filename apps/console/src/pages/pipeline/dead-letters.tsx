import { useAsked } from '../../app/address.ts'
import { graphql } from '../../data/graphql.ts'
import { useLive } from '../../data/use-live.ts'
import { Answer } from '../../parts/answer.tsx'
import { Card } from '../../parts/card.tsx'
import { Empty } from '../../parts/empty.tsx'
import { plural } from '../../words/format.ts'
import { Letters } from './letters.tsx'
import { Reasons } from './reasons.tsx'

const DEAD = graphql(`
  query DeadLetters {
    deadLetters {
      event
      total
      retried
      older
      reasons {
        reason
        kind
        count
        at
      }
    }
  }
`)

/** Records that never became an event: why, what they held, and another try. */
export const DeadLetters = () => {
  const answer = useLive(DEAD, {}, { everyMs: 3_000 })
  const { of, change } = useAsked()
  const looked = of('dead')
  return (
    <Card
      title="Dead letters"
      doc="Records of the log that are no event by the present definition. Nothing of them is lost; after a fix they can be judged again."
    >
      <Answer of={answer} what="the dead letters" lines={3}>
        {({ deadLetters }) => {
          const having = deadLetters.filter(({ total }) => total > 0)
          if (having.length === 0) return <Empty title="None" />
          return (
            <>
              {having.map((dead) => (
                <section key={dead.event} className="stack" aria-label={`Dead letters of ${dead.event}`}>
                  <div className="buttons">
                    <h4>{dead.event}</h4>
                    <span className="quiet">
                      {plural(dead.total, 'letter')}, {plural(dead.retried, 'retried', 'retried')}
                    </span>
                    <button
                      type="button"
                      className="button is-small"
                      aria-expanded={looked === dead.event}
                      onClick={() => change({ dead: looked === dead.event ? null : dead.event })}
                    >
                      {looked === dead.event ? 'Hide letters' : 'Show letters'}
                    </button>
                  </div>
                  <Reasons event={dead.event} reasons={dead.reasons} />
                  {looked === dead.event ? <Letters event={dead.event} /> : null}
                </section>
              ))}
            </>
          )
        }}
      </Answer>
    </Card>
  )
}
