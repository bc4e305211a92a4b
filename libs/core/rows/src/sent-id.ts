/**
 * Who a record is that the platform made of another: the place of that one in its log. Whoever sends them sends those of a partition
 * in the order of their offsets, and never goes on while it is unknown whether the log has the earlier ones (semantics O1): so in each
 * partition they are sent to, a record is a copy exactly when one of as late an offset has come before.
 */
export interface MadeOf {
  readonly partition: number
  readonly offset: number
}

export const sentId = (partition: number, offset: number): string => `${partition}/${offset}`

/** Its partition and its offset in an id, each the only group of a pattern that engines read alike. */
export const MADE_OF = ['^([0-9]{1,9})/[0-9]{1,15}$', '^[0-9]{1,9}/([0-9]{1,15})$'] as const

/** Null: it was not the platform that sent it. */
export const madeOf = (id: string): MadeOf | null => {
  const found = /^(\d{1,9})\/(\d{1,15})$/.exec(id)
  return found === null ? null : { partition: Number(found[1]), offset: Number(found[2]) }
}
