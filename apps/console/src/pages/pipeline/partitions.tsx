import type { Partition } from '../../data/status.ts'
import { Table } from '../../parts/table.tsx'
import { count, plural } from '../../words/format.ts'

/** Every partition with its share of the topic: a long bar among short ones is skew. */
export const Partitions = ({ partitions }: { readonly partitions: readonly Partition[] }) => {
  const used = partitions.filter(isUsed)
  const unused = partitions.filter((partition) => !isUsed(partition))
  const most = Math.max(1, ...partitions.map(({ high, next }) => high ?? next))
  return (
    <>
      <Table
        label="Partitions"
        rows={used}
        idOf={({ topic, partition }) => `${topic}/${partition}`}
        columns={[
          { id: 'place', name: 'partition', show: ({ topic, partition }) => `${topic}/${partition}` },
          { id: 'share', name: 'share', show: ({ high, next }) => <Share of={(high ?? next) / most} /> },
          amount('records', ({ high }) => high),
          amount('applied', ({ next }) => next),
          amount('waiting', ({ high, next }) => (high === null ? null : Math.max(0, high - next))),
          amount('archived', ({ archived }) => archived),
          { id: 'state', name: 'state', show: (partition) => <State of={partition} /> },
        ]}
      />
      {unused.length === 0 ? null : (
        <p className="quiet">
          {plural(unused.length, 'partition')} without a record:{' '}
          {[...new Set(unused.map(({ topic }) => topic))].join(', ')}.
        </p>
      )}
    </>
  )
}

const isUsed = ({ high, next, halted }: Partition): boolean => (high ?? next) > 0 || halted !== null

const Share = ({ of }: { readonly of: number }) => (
  <span className="share" aria-hidden="true">
    <span style={{ inlineSize: `${of * 100}%` }} />
  </span>
)

const State = ({ of: { halted, owner } }: { readonly of: Partition }) => {
  if (halted !== null) return <span className="tag is-bad">{halted}</span>
  return owner === '' ? (
    <span className="tag is-warn">no owner</span>
  ) : (
    <span className="tag is-good">runs</span>
  )
}

const amount = (name: string, of: (partition: Partition) => number | null) => ({
  id: name,
  name,
  isAmount: true,
  show: (partition: Partition) => {
    const value = of(partition)
    return value === null ? 'unknown' : count(value)
  },
})
