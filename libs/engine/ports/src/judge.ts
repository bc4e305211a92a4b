import type { Row } from '@tidewater/plan'
import type { LogRecord, TopicPartition } from './event-log.ts'

/** The one judgement that the door, the speed layer and the archive make: a valid row with its envelope id, or why it is none. */
export type Judge = (record: LogRecord, place: TopicPartition) => Judgement

export type Judgement =
  | { readonly kind: 'row'; readonly row: Row; readonly id: string }
  | { readonly kind: 'dead'; readonly reason: string; readonly why: DeadKind }

/**
 * What kind of reason: `undecodable` is no JSON object, `invalid` is none that the definition takes, and `early` is an event from the
 * future. The first two last until the definition changes, the third passes by itself. A failure of the platform's own is none
 * of them: whoever meets one waits, and no record dies of it.
 */
export type DeadKind = 'undecodable' | 'invalid' | 'early'
