import { useStatus } from '../../data/status.ts'
import { Answer } from '../../parts/answer.tsx'
import { Card } from '../../parts/card.tsx'
import { Troubles } from '../home/troubles.tsx'
import { Accounts } from './accounts.tsx'
import { DeadLetters } from './dead-letters.tsx'
import { Flow } from './flow.tsx'
import { Partitions } from './partitions.tsx'
import { Walk } from './walk.tsx'
import { Workers } from './workers.tsx'
import './pipeline.css'

/** The walk of an event as it happens: rates, what waits, what stands still, what was no event. */
export const Pipeline = () => {
  const status = useStatus()
  return (
    <>
      <header className="page-head">
        <h1>Pipeline</h1>
      </header>
      <Answer of={status} what="the state of the platform" lines={10}>
        {({ status: now }) => (
          <>
            <Troubles status={now} />
            <Walk status={now} />
            <Card title="Events per second">
              <Flow />
            </Card>
            <Card
              title="Where the records are"
              doc="Accepted = applied + duplicate + dead + waiting. An event whose books do not balance is a fault of the platform."
            >
              <Accounts accounts={now.events} />
            </Card>
            <DeadLetters />
            <Card title="Partitions" doc="How far each is, and whether one carries more than the others.">
              <Partitions partitions={now.partitions} />
            </Card>
            <Card title="Workers">
              <Workers workers={now.workers} now={Date.parse(now.now)} />
            </Card>
          </>
        )}
      </Answer>
    </>
  )
}
