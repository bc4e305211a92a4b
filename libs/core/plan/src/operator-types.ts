import type { Row } from './machine-types.ts'
import type { SentRow } from './sent-rows.ts'

/** Where a record of an operator's log stands. */
export interface OperatorPlace {
  readonly partition: number
  readonly offset: number
  /** Prefix maximum of append time in this partition, ms: the only clock there is. */
  readonly appendedAt: number
  /** The partition of the record that this one was made of; null: it came in at the door. */
  readonly origin: number | null
}

/**
 * Rows that depend on earlier records of the partition: a join over the log of its sides, a pattern over its source's log
 * (semantics J1). What comes out is a function of the accepted records in order, copies left out: it reads no clock and knows
 * nothing of steps, commits or workers.
 */
export interface Operator {
  /** Of the definition, and of the event whose log the rows are sent to. */
  readonly name: string
  /** Of the definition and of the form of the stored bytes: another one cannot go on from what this one stored. */
  readonly fingerprint: string
  open(): OperatorState
}

/** What one partition keeps. Held whole in memory, stored key by key. */
export interface OperatorState {
  /** Takes back what `changes` gave for a key. All keys of a partition, in any order, before its next record. */
  load(key: string, bytes: Uint8Array): void
  /** The rows that the record completes or closes, in a fixed order: their number in it is part of their id. */
  step(row: Row, at: OperatorPlace): readonly SentRow[]
  /** The keys that changed since it was asked last, with their bytes; null: nothing is left of the key. */
  changes(): readonly (readonly [key: string, bytes: Uint8Array | null])[]
  /** Rows refused since `open` because they came after their side's watermark: no result is made of them. */
  readonly late: number
  /** Rows refused or forgotten since `open` because their key keeps as many as it may. */
  readonly crowded: number
}
