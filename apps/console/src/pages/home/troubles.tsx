import type { Status } from '../../data/status.ts'

const ROLES = ['speed', 'archive', 'batch', 'serving'] as const

/** What stands still, with its cure; nothing when all is well. */
export const Troubles = ({ status }: { readonly status: Status }) => {
  const all = troublesOf(status)
  if (all.length === 0) return null
  return (
    <div className="notice is-warn" role="status">
      <ul>
        {all.map((trouble) => (
          <li key={trouble}>{trouble}</li>
        ))}
      </ul>
    </div>
  )
}

const troublesOf = ({ workers, partitions }: Status): readonly string[] => {
  const missing = ROLES.filter((role) => !workers.some((worker) => worker.role === role))
  const halted = partitions.filter((partition) => partition.halted !== null)
  return [
    ...missing.map((role) => `No ${role} worker runs: tidewater worker ${role} starts one.`),
    ...workers.flatMap(({ name, troubles }) => troubles.map((trouble) => `${name}: ${trouble}`)),
    ...halted.map(({ topic, partition, halted: why }) => `${topic}/${partition} stands still: ${why ?? ''}`),
  ]
}
