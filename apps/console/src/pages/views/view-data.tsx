import { useAsked } from '../../app/address.ts'
import type { Definition } from '../../data/definitions.ts'
import { graphql } from '../../data/graphql.ts'
import { useLive } from '../../data/use-live.ts'
import { Answer } from '../../parts/answer.tsx'
import { Empty } from '../../parts/empty.tsx'
import { FRESHNESS, Freshness } from '../../parts/freshness.tsx'
import { Segments } from '../../parts/segments.tsx'
import { plural } from '../../words/format.ts'
import { Asking } from './asking.tsx'
import { Drawing } from './drawing.tsx'
import { ASKED, OF_VIEW, variablesOf, type Layer, type Question } from './question.ts'
import { ViewTable } from './view-table.tsx'

const VIEW = graphql(
  `
    query ViewRows(${ASKED} $after: String $layer: Layer) {
      view(${OF_VIEW} orderBy: $order limit: $limit after: $after layer: $layer) {
        rows
        rowCount
        next
        freshness {
          ...Freshness
        }
      }
    }
  `,
  [FRESHNESS],
)

const LAYER_NAMES: readonly (readonly [Layer, string])[] = [
  ['MERGED', 'Merged'],
  ['BATCH', 'Batch'],
  ['SPEED', 'Speed'],
]

interface ViewDataProps {
  readonly definition: Definition
  readonly question: Question
}

/** The answers of a view: drawn, and row by row. */
export const ViewData = ({ definition, question }: ViewDataProps) => {
  const { change } = useAsked()
  // A page further on is of one generation: it stands still while it is read.
  const everyMs = question.after === null ? 2_000 : null
  const answer = useLive(VIEW, { ...variablesOf(definition, question), layer: question.layer }, { everyMs })
  return (
    <>
      <Asking definition={definition} question={question} />
      <Drawing definition={definition} question={question} />
      <div className="buttons">
        <Segments
          label="Layer"
          value={question.layer}
          options={LAYER_NAMES}
          choose={(layer) => change({ layer: layer === 'MERGED' ? null : layer.toLowerCase(), after: null })}
        />
        {answer.data === undefined ? null : (
          <>
            <span className="quiet">{plural(answer.data.view.rowCount, 'row')}</span>
            <Freshness of={answer.data.view.freshness} />
          </>
        )}
      </div>
      <Answer of={answer} what="the rows" lines={8}>
        {({ view }) =>
          view.rows.length === 0 ? (
            <Empty title="No row fits">
              <p>Another range or fewer conditions may find some.</p>
            </Empty>
          ) : (
            <>
              <ViewTable definition={definition} question={question} rows={view.rows} />
              <nav className="buttons" aria-label="Pages of rows">
                {question.after === null ? null : (
                  <button type="button" className="button" onClick={() => change({ after: null }, 'push')}>
                    From the start
                  </button>
                )}
                {view.next === null ? null : (
                  <button
                    type="button"
                    className="button"
                    onClick={() => change({ after: view.next }, 'push')}
                  >
                    Further rows
                  </button>
                )}
              </nav>
            </>
          )
        }
      </Answer>
    </>
  )
}
