import type { Log } from '@tidewater/runtime'
import type { Catalog } from 'tidewater'

/** What every part is told of itself. */
export interface PartSettings {
  /** Unique name of this worker, as `status` lists it. */
  readonly name: string
  readonly pid: number
  readonly catalog: Catalog
  readonly log: Log
}

/** A trouble that is waited out, as a line of the part's log. */
export const warnTo =
  (log: Log) =>
  (sentence: string, cause: unknown): void =>
    log.warn(sentence, cause === null ? {} : { error: cause })
