import { useEffect, useState } from 'react'
import { useConnection } from '../data/connection.ts'
import { useStatus } from '../data/status.ts'

const RETURN_SHOWN_MS = 6_000

/** Says when the platform is out of reach, and when it is back; an answer that is old never looks new. */
export const ConnectionNotice = () => {
  const { lostAt, returns } = useConnection()
  const isBack = useShownFor(returns)
  const isNew = useShownFor(useRestarts())
  if (lostAt !== null) {
    const since = new Date(lostAt).toLocaleTimeString('en-GB')
    return (
      <div className="notice is-bad" role="alert">
        <strong>The platform is out of reach since {since}.</strong> What you see is from then. It is asked
        again every second; this goes away by itself.
      </div>
    )
  }
  if (!isBack && !isNew) return null
  return (
    <div className="notice is-good" role="status">
      {isNew ? (
        <>
          <strong>The platform was started anew.</strong> Everything here is from the new one.
        </>
      ) : (
        <>
          <strong>Connected again.</strong> Everything is up to date.
        </>
      )}
    </div>
  )
}

/** How often a serving process was met that began later than the one before. */
const useRestarts = (): number => {
  const { data } = useStatus()
  const serving = (data?.status.workers ?? []).filter(({ role }) => role === 'serving')
  const began = Math.max(0, ...serving.map(({ startedAt }) => Date.parse(startedAt)))
  const [met, setMet] = useState({ began: 0, restarts: 0 })
  if (began > met.began) setMet({ began, restarts: met.restarts + (met.began > 0 ? 1 : 0) })
  return met.restarts
}

/** True for a moment after a count went up. */
const useShownFor = (value: number): boolean => {
  const [seen, setSeen] = useState(value)
  useEffect(() => {
    if (value === seen) return undefined
    const timer = setTimeout(() => setSeen(value), RETURN_SHOWN_MS)
    return () => clearTimeout(timer)
  }, [value, seen])
  return value > seen
}
