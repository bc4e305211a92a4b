import type { AskError } from '../data/ask-error.ts'

interface FailureProps {
  readonly error: AskError
  readonly askAgain?: () => void
}

/** Why there is no answer, and the cure the platform names. */
export const Failure = ({ error, askAgain }: FailureProps) => (
  <div className="failure" role="alert">
    <p>
      <span className="tag is-bad">{error.code}</span> {error.message}
    </p>
    {error.cure === null ? null : <p className="failure-cure">{error.cure}</p>}
    {askAgain === undefined ? null : (
      <button type="button" className="button" onClick={askAgain}>
        Ask again
      </button>
    )}
  </div>
)
