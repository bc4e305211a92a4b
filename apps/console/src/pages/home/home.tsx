import { useAsked } from '../../app/address.ts'
import { useDefinitions, pipelineOf, type Definition } from '../../data/definitions.ts'
import { Answer } from '../../parts/answer.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Segments } from '../../parts/segments.tsx'
import { title } from '../../words/title.ts'
import { Heartbeat } from './heartbeat.tsx'
import { LookBacks, lookBackOf } from './look-back.ts'
import { ViewCard } from './view-card.tsx'
import './home.css'

/** What matters now, pipeline by pipeline, worked out from the definitions alone. */
export const Home = () => {
  const definitions = useDefinitions()
  const { of, change } = useAsked()
  const lookBack = lookBackOf(of('back'))
  return (
    <>
      <header className="page-head">
        <h1>Live</h1>
        <Segments
          label="How far to look back"
          value={lookBack}
          options={LookBacks.map((text) => [text, text])}
          choose={(back) => change({ back: back === '1h' ? null : back })}
        />
      </header>
      <Heartbeat />
      <Answer of={definitions} what="the definitions" lines={6}>
        {({ definitions: all }) =>
          all.length === 0 ? (
            <Empty title="Nothing is defined yet">
              <p>
                <code>npx --no tidewater init ~/shop</code> writes a first pipeline,{' '}
                <code>npm start -- --pipelines ~/shop</code> runs it.
              </p>
            </Empty>
          ) : (
            byPipeline(all).map(([pipeline, own]) => (
              <section key={pipeline} className="pipeline-cards" aria-labelledby={`pipeline-${pipeline}`}>
                <h2 id={`pipeline-${pipeline}`}>{title(pipeline)}</h2>
                <div className="cards">
                  {own.map((definition) => (
                    <ViewCard key={definition.name} definition={definition} lookBack={lookBack} />
                  ))}
                </div>
              </section>
            ))
          )
        }
      </Answer>
    </>
  )
}

const byPipeline = (
  definitions: readonly Definition[],
): readonly (readonly [string, readonly Definition[]])[] => [...Map.groupBy(definitions, pipelineOf)]
