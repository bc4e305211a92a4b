/**
 * What became of the offsets [from, end) of a partition: each record is one of applied, duplicate or dead, and an offset the log
 * never gave a record for (marks of transactions, aborted records) is absent. from + all four = end, always (semantics L9).
 */
export interface Tally {
  /** Offsets below it were passed by a worker that did not count. */
  readonly from: number
  readonly applied: number
  readonly duplicate: number
  readonly dead: number
  readonly absent: number
}
