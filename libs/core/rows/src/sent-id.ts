/**
 * Who a record is that the platform made of another: the place of that one in its log, and which it is of the records made of it.
 * Whoever sends them sends those of a partition in the order of their offsets, those of a record in the order of their numbers, and
 * never goes on while it is unknown whether the log has the earlier ones (semantics O1): so in each partition they are sent to, a
 * record is a copy exactly when one of as late a place has come before. Where both sides of a join are sent to one log, two
 * partitions have one number, and each comes in its own order.
 */
export interface MadeOf extends SentPlace {
  /** Among whose records its order is: '3', the partition, or 'left/3', the partition of a side. */
  readonly origin: string
}

export interface SentPlace {
  readonly side: Side | null
  readonly partition: number
  readonly offset: number
  /** From 0. */
  readonly number: number
}

export type Side = 'left' | 'right'

export const sentId = ({ side, partition, offset, number }: SentPlace): string => {
  const place = `${side === null ? '' : `${side}/`}${partition}/${offset}`
  return number === 0 ? place : `${place}/${number}`
}

/** Origin, offset and number in an id, each the only group of a pattern that engines read alike. */
export const MADE_OF = {
  origin: '^((?:left/|right/)?[0-9]{1,9})/[0-9]{1,15}(?:/[0-9]{1,9})?$',
  offset: '^(?:left/|right/)?[0-9]{1,9}/([0-9]{1,15})(?:/[0-9]{1,9})?$',
  number: '^(?:left/|right/)?[0-9]{1,9}/[0-9]{1,15}/([0-9]{1,9})$',
} as const

/** More than any number in an id. */
export const NUMBERS = 1_000_000_000

const FORM = /^((?:(left|right)\/)?(\d{1,9}))\/(\d{1,15})(?:\/(\d{1,9}))?$/

/** Null: it was not the platform that sent it. */
export const madeOf = (id: string): MadeOf | null => {
  const found = FORM.exec(id)
  if (found === null) return null
  const [, origin, side, partition, offset, number] = found
  return {
    origin: origin as string,
    side: (side as Side | undefined) ?? null,
    partition: Number(partition),
    offset: Number(offset),
    number: Number(number ?? 0),
  }
}
