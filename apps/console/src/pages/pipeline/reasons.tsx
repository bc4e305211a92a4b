import { useState } from 'react'
import { Table } from '../../parts/table.tsx'
import { count, instant } from '../../words/format.ts'
import { RetryDialog } from './retry-dialog.tsx'

interface Reason {
  readonly reason: string
  readonly kind: string
  readonly count: number
  readonly at: string
}

interface ReasonsProps {
  readonly event: string
  readonly reasons: readonly Reason[]
}

/** Why, how often, and another try for all of one reason. */
export const Reasons = ({ event, reasons }: ReasonsProps) => {
  const [tried, setTried] = useState<string | null>(null)
  if (reasons.length === 0) return <p className="quiet">All of them were retried.</p>
  return (
    <>
      <Table
        label={`Reasons of ${event}`}
        rows={reasons}
        idOf={({ reason, kind }) => `${kind} ${reason}`}
        columns={[
          { id: 'reason', name: 'reason', show: ({ reason }) => reason },
          { id: 'kind', name: 'kind', show: ({ kind }) => <span className="tag">{kind}</span> },
          { id: 'count', name: 'letters', isAmount: true, show: (one) => count(one.count) },
          { id: 'at', name: 'newest', show: ({ at }) => instant(at) },
          {
            id: 'retry',
            name: <span className="unseen">retry</span>,
            show: ({ reason }) => (
              <button
                type="button"
                className="button is-small"
                aria-label={`Try again: ${reason}`}
                onClick={() => setTried(reason)}
              >
                Try again…
              </button>
            ),
          },
        ]}
      />
      {tried === null ? null : <RetryDialog event={event} reason={tried} close={() => setTried(null)} />}
    </>
  )
}
