import type { Worker } from '../../data/status.ts'
import { Empty } from '../../parts/empty.tsx'
import { Table } from '../../parts/table.tsx'
import { count, span } from '../../words/format.ts'

interface WorkersProps {
  readonly workers: readonly Worker[]
  /** Of the server's clock, ms. */
  readonly now: number
}

/** Every process that says it works, with what it counted. */
export const Workers = ({ workers, now }: WorkersProps) =>
  workers.length === 0 ? (
    <Empty title="No worker says that it runs" />
  ) : (
    <Table
      label="Workers"
      rows={workers}
      idOf={({ name }) => name}
      columns={[
        { id: 'name', name: 'worker', show: ({ name }) => <strong>{name}</strong> },
        { id: 'role', name: 'role', show: ({ role }) => role },
        { id: 'pid', name: 'process', isAmount: true, show: ({ pid }) => String(pid) },
        {
          id: 'since',
          name: 'for',
          isAmount: true,
          show: ({ startedAt }) => span(now - Date.parse(startedAt)),
        },
        {
          id: 'owns',
          name: 'partitions',
          isAmount: true,
          show: ({ partitions }) => count(partitions.length),
        },
        { id: 'counted', name: 'counted', show: ({ counters }) => <Counters of={counters} /> },
      ]}
    />
  )

const Counters = ({ of }: { readonly of: Worker['counters'] }) => {
  const counted = Object.entries(of).filter(([, value]) => value !== 0)
  return counted.length === 0 ? (
    '–'
  ) : (
    <details>
      <summary>{count(counted.length)} counters</summary>
      <dl className="counters">
        {counted.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{typeof value === 'number' ? count(value) : String(value)}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
