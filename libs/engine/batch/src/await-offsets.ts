import { PlatformError } from '@tidewater/base'
import { pause, type GenerationRecord, type TopicPartition } from '@tidewater/ports'
import type { BatchPorts } from './batch-ports.ts'
import { headersOf } from './take-cut.ts'

const POLL_MS = 500

/** Asks archivers to close their entries until every partition is archived up to `offsets`; gives up when nothing comes for `patienceMs`. */
export const awaitArchive = async (
  ports: Pick<BatchPorts, 'lake' | 'store' | 'timers' | 'clock'>,
  offsets: GenerationRecord['cuts'],
  patienceMs: number,
): Promise<void> => {
  let woken = (): void => undefined
  const unlisten = await ports.store.listen('archive.added', () => woken())
  try {
    let progress = -1
    let since = ports.clock.elapsed()
    for (;;) {
      const reached = await Promise.all(offsets.map((offset) => ports.lake.next(offset)))
      const missing = offsets.filter((offset, index) => (reached[index] ?? 0) < offset.cut)
      if (missing.length === 0) return
      const total = reached.reduce((sum, next) => sum + next, 0)
      if (total > progress) since = ports.clock.elapsed()
      progress = total
      if (ports.clock.elapsed() - since > patienceMs) throw standsStill(missing.length)
      const next = new Promise<void>((resolve) => (woken = resolve))
      await ports.store.notify('archive.flush', '')
      await Promise.race([next, pause(ports.timers, POLL_MS)])
    }
  } finally {
    await unlisten()
  }
}

const standsStill = (partitions: number): PlatformError =>
  new PlatformError(
    'NOT_READY',
    `the archive does not move on and ${partitions} partitions are not archived up to the cut`,
    'look at the log of the archive worker (`tidewater status` shows whether one runs); the generation is taken up again by the next run',
  )

/** Waits for the speed layer to apply what the log holds now, as long as it moves; a cut short of it is as exact. */
export const awaitApplied = async (
  ports: Pick<BatchPorts, 'log' | 'store' | 'timers' | 'clock'>,
  places: readonly TopicPartition[],
  patienceMs: number,
): Promise<void> => {
  const ends = new Map<string, number>()
  for (const topic of new Set(places.map((place) => place.topic)))
    for (const { partition, high } of await ports.log.bounds(topic)) ends.set(`${topic}/${partition}`, high)
  let progress = -1
  let since = ports.clock.elapsed()
  for (;;) {
    const applied = (await headersOf(ports, places)).map((header) => header?.nextOffset ?? 0)
    if (
      places.every(
        (place, index) => (applied[index] ?? 0) >= (ends.get(`${place.topic}/${place.partition}`) ?? 0),
      )
    )
      return
    const total = applied.reduce((sum, next) => sum + next, 0)
    if (total > progress) since = ports.clock.elapsed()
    progress = total
    if (ports.clock.elapsed() - since > patienceMs) return
    await pause(ports.timers, 200)
  }
}
