import { useEffect, useRef } from 'react'
import { graphql } from '../../data/graphql.ts'
import { useAct } from '../../data/use-act.ts'
import { Failure } from '../../parts/failure.tsx'
import { Loading } from '../../parts/loading.tsx'
import { Table } from '../../parts/table.tsx'
import { count, plural } from '../../words/format.ts'

const RETRY = graphql(`
  mutation Retry($event: String!, $reason: String!, $dryRun: Boolean!) {
    retryDead(event: $event, reason: $reason, dryRun: $dryRun) {
      retried
      rows {
        place
        outcome
        reason
      }
      next
    }
  }
`)

interface RetryDialogProps {
  readonly event: string
  readonly reason: string
  readonly close: () => void
}

/** The longest piece of a reason without what differs between letters: what `retryDead` finds them by. */
const sought = (reason: string): string =>
  reason
    .split('…')
    .reduce((longest, piece) => (piece.length > longest.length ? piece : longest), '')
    .trim()

/** First what would become of them, then, when somebody says so, the retry itself. */
export const RetryDialog = ({ event, reason, close }: RetryDialogProps) => {
  const dialog = useRef<HTMLDialogElement>(null)
  const trial = useAct(RETRY)
  const retry = useAct(RETRY)
  const text = sought(reason)
  useEffect(() => {
    dialog.current?.showModal()
    trial.run({ event, reason: text, dryRun: true })
    // Once, when it opens.
  }, [])
  const valid = trial.done?.retryDead.rows.filter(({ outcome }) => outcome === 'valid').length ?? 0
  const error = retry.error ?? trial.error
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="retry-title" onClose={close}>
      <h2 id="retry-title">Judge again</h2>
      <p>
        Letters of <strong>{event}</strong> whose reason holds <q>{text}</q>.
      </p>
      {error === null ? null : <Failure error={error} />}
      {retry.done !== undefined ? (
        <p role="status">{plural(retry.done.retryDead.retried, 'record')} became an event, each once.</p>
      ) : trial.done === undefined ? (
        <Loading what="what would become of them" />
      ) : (
        <>
          <p>
            {valid === 0
              ? 'By the present definition none of them is an event yet.'
              : `${count(valid)} would become an event.`}
          </p>
          <Table
            label="What would become of them"
            rows={outcomes(trial.done.retryDead.rows)}
            idOf={([outcome]) => outcome}
            columns={[
              { id: 'outcome', name: 'outcome', show: ([outcome]) => outcome },
              { id: 'count', name: 'letters', isAmount: true, show: ([, number]) => count(number) },
            ]}
          />
        </>
      )}
      <div className="buttons">
        <button
          type="button"
          className="button is-main"
          disabled={valid === 0 || retry.isRunning || retry.done !== undefined}
          onClick={() => retry.run({ event, reason: text, dryRun: false })}
        >
          Retry {count(valid)}
        </button>
        <button type="button" className="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
    </dialog>
  )
}

const outcomes = (rows: readonly { readonly outcome: string }[]): readonly (readonly [string, number])[] =>
  [...Map.groupBy(rows, ({ outcome }) => outcome)].map(([outcome, own]) => [outcome, own.length])
