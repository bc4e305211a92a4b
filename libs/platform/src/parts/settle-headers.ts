import { isPlatformError } from '@tidewater/base'
import type { EventLog, Lake, Nonce, StateStore, Timers } from '@tidewater/ports'
import { ensureGenesis } from '@tidewater/seam'
import { topicOf } from 'tidewater'
import type { Catalog } from 'tidewater'
import type { PartSettings } from './part-settings.ts'

export interface HeadersPorts {
  readonly log: EventLog
  readonly lake: Lake
  readonly store: StateStore
  readonly nonce: Nonce
  readonly timers: Timers
  /** Makes the topics that are not there yet; left out where they are. */
  readonly ensureTopics?: () => Promise<void>
}

const AGAIN_MS = 1_000
/** A start waits this long for a log that answers slowly or not at all; it goes on without. */
const PATIENCE_MS = 2_000

/**
 * Readers need a header per partition and a pointer; whoever comes first writes them. That takes the log, and questions do not:
 * answers when it is done or the log is away, and then tries on. Also answers how to stop trying.
 */
export const settleHeaders = async (
  ports: HeadersPorts,
  { catalog, log }: Pick<PartSettings, 'catalog' | 'log'>,
): Promise<() => void> => {
  const { timers } = ports
  let hasStopped = false
  let cancel = (): void => undefined
  const attempt = async (isFirst: boolean): Promise<void> => {
    try {
      await ports.ensureTopics?.()
      await ensureHeaders(ports, catalog)
      if (!isFirst) log.info('the headers of all partitions are there')
    } catch (error) {
      if (!isPlatformError(error)) throw error
      if (isFirst)
        log.warn('headers cannot be made yet; answers come from what the state store has', { error })
      if (!hasStopped) cancel = timers.after(AGAIN_MS, () => void attempt(false))
    }
  }
  const patience = Promise.withResolvers<void>()
  const givesUp = timers.after(PATIENCE_MS, patience.resolve)
  await Promise.race([attempt(true), patience.promise])
  givesUp()
  return () => {
    hasStopped = true
    cancel()
  }
}

const ensureHeaders = async (ports: HeadersPorts, catalog: Catalog): Promise<void> => {
  const newest = (await ports.lake.generations()).at(-1) ?? null
  for (const { name } of catalog.events.values()) {
    const topic = topicOf(name)
    const places = (await ports.log.bounds(topic)).map(({ partition }) => ({ topic, partition }))
    await ensureGenesis(ports, places, newest)
  }
}
