import type { AggregateCall } from '@tidewater/expr'

/** A value written down plainly: an exact number is its integer at the type's scale, whatever its size. */
export type Plain = bigint | number | string | boolean | null | readonly Plain[]

/** One row that the filter and the window of a call take, with the argument's value. */
export interface MeantRow {
  readonly value: Plain
  /** The key of a keyed aggregate. */
  readonly key: Plain
  /** Event time, ms. */
  readonly at: number
  readonly partition: number
  readonly offset: number
}

/**
 * What an aggregate means, in the plainest words: from all rows anew, in the order of (event time, partition, offset), those
 * without the argument or the key left out. Its other forms (JavaScript, SQL, bytes) are fast and must say the same: random tests compare
 * them with this, so it shares nothing with them.
 */
export type Meaning = (rows: readonly MeantRow[], call: AggregateCall, asOf: number) => Plain
