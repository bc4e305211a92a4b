import { AskError, type Refusal } from '../../data/ask-error.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Loading } from '../../parts/loading.tsx'
import { compact } from '../../words/format.ts'

/** What came back, and how long it took. */
export interface Replied {
  readonly data?: unknown
  readonly errors?: readonly Refusal[]
  readonly ms: number
}

/** More than a screen can hold is not drawn; all of it can be copied. */
const DRAWN = 200_000

interface ResultProps {
  readonly answer: Replied | undefined
  readonly error: AskError | null
  readonly isAsking: boolean
}

export const Result = ({ answer, error, isAsking }: ResultProps) => {
  if (isAsking) return <Loading what="the answer" lines={8} />
  if (error !== null) return <Failure error={error} />
  if (answer === undefined)
    return (
      <Empty title="No question asked yet">
        <p>What comes back is shown here.</p>
      </Empty>
    )
  const { data, errors = [], ms } = answer
  return (
    <>
      {errors.map((refusal, index) => (
        <Failure key={`${index} ${refusal.message}`} error={AskError.of(refusal)} />
      ))}
      {data === undefined || data === null ? null : <Reply text={JSON.stringify(data, null, 2)} ms={ms} />}
    </>
  )
}

const Reply = ({ text, ms }: { readonly text: string; readonly ms: number }) => (
  <section className="code" aria-labelledby="answer-title">
    <header className="code-head">
      <h2 id="answer-title" className="card-title">
        Answer{' '}
        <span className="quiet">
          in {Math.round(ms)} ms, {compact(text.length)} characters
        </span>
      </h2>
      <CopyButton text={text} />
    </header>
    <pre tabIndex={0} aria-labelledby="answer-title" className="is-tall">
      <code>{text.length > DRAWN ? `${text.slice(0, DRAWN)}\n… copy it to have the rest` : text}</code>
    </pre>
  </section>
)
