import { setTimeout as sleep } from 'node:timers/promises'
import { PlatformError } from '@tidewater/base'
import type { End, IntakeClient } from './intake-client.ts'

const POLL_MS = 200
const FLUSH_MS = 1_000
/** Without any progress for this long, waiting is over. */
const PATIENCE_MS = 90_000

/** Waits until the speed layer has applied every offset below `ends`; rejects when it stands still. */
export const waitUntilApplied = async (
  client: IntakeClient,
  ends: readonly End[],
  onLeft: (left: number) => void,
): Promise<void> => {
  let least = Infinity
  let since = performance.now()
  for (;;) {
    const now = await client.applied()
    if (now !== null) {
      const left = ends.reduce(
        (sum, { topic, partition, next }) =>
          sum + Math.max(0, next - (now.get(`${topic}/${partition}`)?.next ?? 0)),
        0,
      )
      onLeft(left)
      if (left === 0) return
      if (left < least) {
        least = left
        since = performance.now()
      }
    }
    if (performance.now() - since > PATIENCE_MS) throw stuck(least)
    await sleep(POLL_MS)
  }
}

/** Waits (at most `patienceMs`) until the archive holds what the log held at the call, so that duplicates are known. */
export const waitUntilArchived = async (
  client: IntakeClient,
  topic: string,
  patienceMs: number,
): Promise<void> => {
  const goal = await client.applied()
  if (goal === null) return
  const places = [...goal].filter(([place, { next }]) => place.startsWith(`${topic}/`) && next > 0)
  const until = performance.now() + patienceMs
  for (let asked = -Infinity; ;) {
    const now = await client.applied()
    if (now === null || places.every(([place, { next }]) => (now.get(place)?.archived ?? 0) >= next)) return
    if (performance.now() > until) return
    if (performance.now() - asked > FLUSH_MS) {
      asked = performance.now()
      await client.flush()
    }
    await sleep(POLL_MS)
  }
}

const stuck = (left: number): PlatformError =>
  new PlatformError(
    'TIMEOUT',
    `All rows are in Kafka, but the speed layer stands still (${left} to go)`,
    'tidewater status shows why; --no-wait does not wait',
  )
