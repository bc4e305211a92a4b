import { Link } from '../../app/link.tsx'
import { recentMean, useRates } from '../../data/rates.ts'
import { useStatus, type Status } from '../../data/status.ts'
import { Answer } from '../../parts/answer.tsx'
import { Figure, Figures } from '../../parts/figure.tsx'
import { Sparkline } from '../../parts/sparkline.tsx'
import { compact, count, plural, rate, span } from '../../words/format.ts'
import { Troubles } from './troubles.tsx'

/** The platform's own numbers: does it flow, does it keep up, do its books balance. */
export const Heartbeat = () => {
  const status = useStatus()
  return (
    <Answer of={status} what="the state of the platform" lines={2}>
      {({ status: now }) => (
        <>
          <Troubles status={now} />
          <Figures>
            <Came />
            <Waiting />
            <Books status={now} />
            <Newest status={now} />
          </Figures>
        </>
      )}
    </Answer>
  )
}

const Came = () => {
  const rates = useRates()
  return (
    <Figure
      name="Events per second"
      value={rates.length === 0 ? '…' : rate(recentMean(rates, 'came'))}
      more={<Sparkline values={rates.slice(-120).map(({ came }) => came)} />}
    />
  )
}

const Waiting = () => {
  const rates = useRates()
  const waiting = rates.at(-1)?.waiting ?? 0
  return (
    <Figure
      name="Waiting to be applied"
      value={count(waiting)}
      more={waiting === 0 ? 'answers have seen everything' : 'on their way'}
      {...(waiting > 10_000 ? { mood: 'warn' as const } : {})}
    />
  )
}

const sum = (numbers: readonly (number | null)[]): number =>
  numbers.reduce<number>((total, number) => total + (number ?? 0), 0)

const Books = ({ status: { events } }: { readonly status: Status }) => {
  const off = events.filter(({ balanced }) => !balanced)
  const dead = sum(events.map((account) => account.dead))
  return (
    <Figure
      name="Events applied"
      value={compact(sum(events.map(({ applied }) => applied)))}
      more={
        off.length > 0 ? (
          `the books of ${off.map(({ event }) => event).join(', ')} do not balance`
        ) : dead > 0 ? (
          <Link to="/pipeline">{plural(dead, 'dead letter')}</Link>
        ) : (
          'none lost, none twice'
        )
      }
      {...(off.length > 0 ? { mood: 'bad' as const } : {})}
    />
  )
}

const Newest = ({ status: { generation, builtAt, now } }: { readonly status: Status }) => (
  <Figure
    name="Newest generation"
    value={generation === null || generation === 0 ? 'none yet' : `№ ${count(generation)}`}
    more={
      <Link to="/generations">
        {builtAt === null
          ? 'the speed layer holds everything'
          : `${span(Date.parse(now) - Date.parse(builtAt))} old`}
      </Link>
    }
  />
)
