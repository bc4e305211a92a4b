import { graphql } from '../../data/graphql.ts'
import { useStatus } from '../../data/status.ts'
import { useLive } from '../../data/use-live.ts'
import { Answer } from '../../parts/answer.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Builds } from './builds.tsx'
import { GENERATION } from './generation.ts'
import { GenerationTable } from './generation-table.tsx'
import { Newest } from './newest.tsx'
import './generations.css'

const GENERATIONS = graphql(
  `
    query Generations {
      generations {
        ...Generation
      }
    }
  `,
  [GENERATION],
)

/** History recomputed from the archive, again and again: what is built, what it covers, what its reading back found. */
export const Generations = () => {
  const answer = useLive(GENERATIONS, {}, { everyMs: 2_000 })
  const { data } = useStatus()
  const now = Date.parse(data?.status.now ?? new Date().toISOString())
  return (
    <>
      <header className="page-head">
        <h1>Generations</h1>
      </header>
      <Builds />
      <Answer of={answer} what="the generations" lines={8}>
        {({ generations }) =>
          generations.length === 0 ? (
            <Empty title="No generation yet">
              <p>
                Every answer comes from the speed layer alone, and is exact. The first generation takes over
                what is in the archive.
              </p>
            </Empty>
          ) : (
            <>
              <Newest generations={generations} now={now} />
              <GenerationTable generations={generations} now={now} />
            </>
          )
        }
      </Answer>
    </>
  )
}
