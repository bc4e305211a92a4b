import { useConnection } from '../data/connection.ts'
import { recentMean, useFollowedRates, useRates } from '../data/rates.ts'
import { useStatus } from '../data/status.ts'
import { rate } from '../words/format.ts'

/** In the head of every page: does it live, and how fast. */
export const Pulse = () => {
  useFollowedRates()
  const { lostAt } = useConnection()
  const { data } = useStatus()
  const rates = useRates()
  if (lostAt !== null) return <span className="pulse is-lost">disconnected</span>
  if (data === undefined) return <span className="pulse is-waiting">connecting</span>
  if (rates.length === 0) return <span className="pulse is-live">connected</span>
  return (
    <span className="pulse is-live" title="Events that came, per second, over the last five seconds">
      {rate(recentMean(rates, 'came'))} events/s
    </span>
  )
}
