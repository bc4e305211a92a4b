import { keysOf, type Definition } from '../../data/definitions.ts'
import { graphql } from '../../data/graphql.ts'
import { useLive } from '../../data/use-live.ts'
import { Answer } from '../../parts/answer.tsx'
import { Card } from '../../parts/card.tsx'
import { Empty } from '../../parts/empty.tsx'
import { FRESHNESS, Freshness } from '../../parts/freshness.tsx'
import { TimeChart } from '../../parts/time-chart.tsx'
import { title } from '../../words/title.ts'
import { Asking } from './asking.tsx'
import { CutRuler } from './cut-ruler.tsx'
import { layeredRows, layeredSeries } from './layered.ts'
import { LayerTable } from './layer-table.tsx'
import { ASKED, OF_VIEW, variablesOf, type Question } from './question.ts'

const SAME = graphql(`
  fragment Layer on ViewPage @_unmask {
    rows
  }
`)

/** One operation: its fields use one pointer and one read per key, so that the parts add up to the whole. */
const LAYERS = graphql(
  `
    query Layers(${ASKED}) {
      merged: view(${OF_VIEW} orderBy: $order limit: $limit) {
        ...Layer
        freshness {
          ...Freshness
        }
      }
      batch: view(${OF_VIEW} limit: 10000 layer: BATCH) {
        ...Layer
      }
      speed: view(${OF_VIEW} limit: 10000 layer: SPEED) {
        ...Layer
      }
    }
  `,
  [SAME, FRESHNESS],
)

interface LayersProps {
  readonly definition: Definition
  readonly question: Question
}

/** Batch, speed and both together side by side, with the cut between them. */
export const Layers = ({ definition, question: asked }: LayersProps) => {
  const { measure } = asked
  const hasWindows = definition.every !== null
  // Over time all keys together are looked at first: one row is one window.
  const question =
    hasWindows && keysOf(definition).length > 0 ? { ...asked, groupBy: asked.groupBy ?? [] } : asked
  const variables = variablesOf(definition, question)
  const answer = useLive(
    LAYERS,
    { ...variables, order: variables.order ?? (hasWindows ? 'start desc' : `${measure ?? ''} desc`) },
    { everyMs: 2_000, enabled: measure !== null },
  )
  const column = definition.columns.find(({ name }) => name === measure)
  if (column === undefined) return <Empty title="No measure of this view is an amount" />
  return (
    <>
      <Asking definition={definition} question={question} />
      <Answer of={answer} what="the layers" lines={10}>
        {({ merged, batch, speed }) => {
          const rows = layeredRows(definition, column, {
            merged: merged.rows,
            batch: batch.rows,
            speed: speed.rows,
          })
          return (
            <>
              <Card
                title="The cut"
                aside={<Freshness of={merged.freshness} />}
                doc="Records below the cut of a partition came from the batch part, those from it on from the speed layer. Nothing else decides."
              >
                <CutRuler of={merged.freshness} />
              </Card>
              {rows.length === 0 ? (
                <Empty title="No row fits" />
              ) : (
                <>
                  {hasWindows && new Set(rows.map(({ start }) => start)).size === rows.length ? (
                    <Card title={title(column.name)}>
                      <TimeChart
                        label={`${title(column.name)} by layer`}
                        height={220}
                        {...layeredSeries(rows)}
                        marks={
                          merged.freshness.builtAt === null
                            ? []
                            : [{ at: Date.parse(merged.freshness.builtAt), name: 'generation built' }]
                        }
                      />
                    </Card>
                  ) : null}
                  <LayerTable definition={definition} column={column} rows={rows} />
                </>
              )}
            </>
          )
        }}
      </Answer>
    </>
  )
}
