import type { ReactNode } from 'react'
import { Link } from '../../app/link.tsx'
import { recentMean, useRates } from '../../data/rates.ts'
import type { Status } from '../../data/status.ts'
import { compact, count, plural, rate, span } from '../../words/format.ts'

interface StationProps {
  readonly area: string
  readonly name: string
  readonly value: ReactNode
  readonly more: ReactNode
  /** Whether something comes out of it right now. */
  readonly flows: boolean
}

const Station = ({ area, name, value, more, flows }: StationProps) => (
  <li className={`station ${flows ? 'is-flowing' : ''}`} style={{ gridArea: area }}>
    <span className="station-name">{name}</span>
    <span className="station-value">{value}</span>
    <span className="station-more">{more}</span>
  </li>
)

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

/** From the door to the answer by two roads: the stream, and the archive with its generations. */
export const Walk = ({ status }: { readonly status: Status }) => {
  const { partitions, workers, generation, builtAt, jobs } = status
  const rates = useRates()
  const [came, applied] = [recentMean(rates, 'came'), recentMean(rates, 'applied')]
  const high = sum(partitions.map((partition) => partition.high ?? partition.next))
  const waiting = high - sum(partitions.map(({ next }) => next))
  const unarchived = high - sum(partitions.map(({ archived }) => archived))
  const halted = partitions.filter((partition) => partition.halted !== null).length
  const running = (role: string): string =>
    plural(workers.filter((worker) => worker.role === role).length, 'worker')
  const [job] = jobs
  return (
    <ol className="walk" aria-label="The walk of an event">
      <Station area="door" name="Door" value={`${rate(came)}/s`} more="POST /events" flows={came > 0} />
      <Station
        area="log"
        name="Log"
        value={compact(high)}
        more={plural(partitions.length, 'partition')}
        flows={came > 0}
      />
      <Station
        area="speed"
        name="Speed"
        value={`${rate(applied)}/s`}
        more={`${running('speed')} · ${count(waiting)} waiting`}
        flows={applied > 0}
      />
      <Station
        area="state"
        name="State"
        value={halted === 0 ? 'whole' : `${plural(halted, 'partition')} halted`}
        more="batch ⊕ speed by offsets"
        flows={applied > 0}
      />
      <Station
        area="archive"
        name="Archive"
        value={unarchived === 0 ? 'all of it' : `${count(unarchived)} behind`}
        more={`${running('archive')} · Parquet`}
        flows={came > 0}
      />
      <Station
        area="batch"
        name="Generation"
        value={generation === null || generation === 0 ? 'none yet' : `№ ${count(generation)}`}
        more={
          <Link to="/generations">
            {job !== undefined
              ? `${job.step} ${Math.round(job.fraction * 100)} %`
              : builtAt === null
                ? running('batch')
                : `${span(Date.parse(status.now) - Date.parse(builtAt))} old`}
          </Link>
        }
        flows={job !== undefined}
      />
      <Station
        area="serving"
        name="Answers"
        value={<Link to="/views">{plural(status.views.length, 'view')}</Link>}
        more="GraphQL, exact at their offsets"
        flows={false}
      />
    </ol>
  )
}
