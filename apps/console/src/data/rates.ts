import { useEffect, useSyncExternalStore } from 'react'
import { useStatus, type Partition, type Status } from './status.ts'

/** What the log and its readers did in one second. */
export interface Moment {
  /** Of the server's clock, ms. */
  readonly at: number
  /** Events that came, per second. */
  readonly came: number
  /** Events that were applied, per second. */
  readonly applied: number
  readonly archived: number
  /** Events that wait for the speed layer. */
  readonly waiting: number
}

interface Totals {
  readonly at: number
  readonly high: number
  readonly next: number
  readonly archived: number
}

const KEPT = 600
let moments: readonly Moment[] = []
let last: Totals | null = null
const listeners = new Set<() => void>()

const totalsOf = ({ now, partitions }: Status): Totals => {
  const sum = (of: (partition: Partition) => number): number =>
    partitions.reduce((total, partition) => total + of(partition), 0)
  return {
    at: Date.parse(now),
    high: sum(({ high, next }) => high ?? next),
    next: sum(({ next }) => next),
    archived: sum(({ archived }) => archived),
  }
}

/** Offsets that go back are another log's: what was drawn of the one before says nothing of it. */
const follow = (status: Status): void => {
  const totals = totalsOf(status)
  const before = last
  if (before !== null && totals.at <= before.at) return
  last = totals
  if (before === null) return
  const seconds = (totals.at - before.at) / 1_000
  if (totals.high < before.high || seconds > 60) moments = []
  else {
    const perSecond = (of: 'high' | 'next' | 'archived'): number =>
      Math.max(0, totals[of] - before[of]) / seconds
    const moment: Moment = {
      at: totals.at,
      came: perSecond('high'),
      applied: perSecond('next'),
      archived: perSecond('archived'),
      waiting: Math.max(0, totals.high - totals.next),
    }
    moments = [...moments.slice(-KEPT + 1), moment]
  }
  for (const listener of listeners) listener()
}

const listen = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Collects for as long as the console is open, whatever page is shown. */
export const useFollowedRates = (): void => {
  const { data } = useStatus()
  useEffect(() => {
    if (data !== undefined) follow(data.status)
  }, [data])
}

/** The last ten minutes at most, oldest first. */
export const useRates = (): readonly Moment[] => useSyncExternalStore(listen, () => moments)

/** The mean of the last few seconds: a single second of a small stream says little. */
export const recentMean = (
  all: readonly Moment[],
  of: 'came' | 'applied' | 'archived',
  seconds = 5,
): number => {
  const recent = all.slice(-seconds)
  return recent.length === 0 ? 0 : recent.reduce((sum, moment) => sum + moment[of], 0) / recent.length
}
