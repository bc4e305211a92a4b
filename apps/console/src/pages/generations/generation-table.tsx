import { Table } from '../../parts/table.tsx'
import { count, instant, span } from '../../words/format.ts'
import { coveredBy, type Generation } from './generation.ts'

interface GenerationTableProps {
  readonly generations: readonly Generation[]
  readonly now: number
}

/** All that are kept, newest first; each with its cut, offset by offset. */
export const GenerationTable = ({ generations, now }: GenerationTableProps) => (
  <Table
    label="Generations"
    rows={generations}
    idOf={({ id }) => id}
    columns={[
      { id: 'number', name: '№', isAmount: true, show: ({ number }) => <strong>{count(number)}</strong> },
      { id: 'built', name: 'built (UTC)', show: ({ builtAt }) => instant(builtAt) },
      { id: 'age', name: 'age', isAmount: true, show: ({ builtAt }) => span(now - Date.parse(builtAt)) },
      {
        id: 'state',
        name: 'state',
        show: ({ published }) =>
          published ? <span className="tag is-good">answers</span> : <span className="tag">kept</span>,
      },
      { id: 'records', name: 'records', isAmount: true, show: (one) => count(coveredBy(one)) },
      { id: 'views', name: 'views', isAmount: true, show: ({ views }) => count(views.length) },
      { id: 'reconciled', name: 'read back', show: ({ reconciled }) => <ReadBack of={reconciled} /> },
      { id: 'cut', name: 'cut', show: (one) => <Cut of={one} /> },
    ]}
  />
)

const ReadBack = ({ of }: { readonly of: Generation['reconciled'] }) =>
  of === null ? (
    <span className="tag">not yet</span>
  ) : (
    <span className={of.mismatched === 0 ? 'tag is-good' : 'tag is-bad'}>
      {count(of.mismatched)} of {count(of.checked)} differ
    </span>
  )

const Cut = ({ of: { cut } }: { readonly of: Generation }) => {
  const cuts = cut.filter(({ next }) => next > 0)
  return (
    <details>
      <summary>{count(cuts.length)} offsets</summary>
      <ul className="cut-list">
        {cuts.map(({ topic, partition, next }) => (
          <li key={`${topic}/${partition}`}>
            <code>
              {topic}/{partition} &lt; {count(next)}
            </code>
          </li>
        ))}
      </ul>
    </details>
  )
}
