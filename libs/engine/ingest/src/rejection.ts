import type { Row } from '@tidewater/plan'
import type { DeadKind } from '@tidewater/ports'

/** Why a record does not count: the field (null: the record as a whole), what is wrong and, when one is known, the cure. */
export interface Reason {
  readonly field: string | null
  readonly message: string
  readonly cure?: string
}

/** A record that does not count. A class of its own, so no row can be mistaken for one whatever its fields are called. */
export class Rejected {
  readonly reasons: readonly Reason[]
  readonly kind: DeadKind

  constructor(reasons: readonly Reason[], kind: DeadKind = 'invalid') {
    this.reasons = reasons
    this.kind = kind
  }
}

export const isRejected = (judged: Row | Rejected): judged is Rejected => judged instanceof Rejected

/** 'amount: 12.345 has 3 digits after the point, 2 are allowed; at: is missing' */
export const sentenceOfRejection = ({ reasons }: Rejected): string =>
  reasons.map(({ field, message }) => (field === null ? message : `${field}: ${message}`)).join('; ')
