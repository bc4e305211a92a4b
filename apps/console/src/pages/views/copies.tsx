import { addressOf } from '../../app/address.ts'
import { Link } from '../../app/link.tsx'
import type { Definition } from '../../data/definitions.ts'
import { useStatus } from '../../data/status.ts'
import { Code } from '../../parts/code.tsx'
import { curlOf, graphqlOf, sqlOf } from './printed.ts'
import type { Question } from './question.ts'

interface CopiesProps {
  readonly definition: Definition
  readonly question: Question
}

/** The question of this page, to be asked from elsewhere. */
export const Copies = ({ definition, question }: CopiesProps) => {
  const query = graphqlOf(definition, question)
  const { data } = useStatus()
  const now = Date.parse(data?.status.now ?? new Date().toISOString())
  return (
    <>
      <p>
        The same question as on <em>Data</em>, filters and order included.{' '}
        <Link to={addressOf(['query'], { q: query })}>Open it in the editor</Link>
      </p>
      <Code title="GraphQL" text={query} />
      <Code title="curl" text={curlOf(query, location.origin)} />
      <Code title="SQL, for DuckDB and ClickHouse" text={sqlOf(definition, question, now)} />
    </>
  )
}
