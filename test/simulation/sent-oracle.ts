// What the platform must have sent, and how often it counts, by the rule as it is said.
import { counted, type Taken } from './oracle.ts'

/** A record that the platform sent, and the place of the one it is made of. */
export interface Made {
  readonly offset: number
  readonly appendedAt: number
  readonly from: { readonly partition: number; readonly offset: number }
}

const nameOf = ({ partition, offset }: Made['from']): string => `${partition}/${offset}`

/** O1: of a partition of what was sent below `next`, what is made of a later record than all that came before it of its partition. */
export const countedOnce = (made: readonly Made[], next: number): readonly Made[] => {
  const ends = new Map<number, number>()
  return made.filter(({ offset, from }) => {
    if (offset >= next || from.offset < (ends.get(from.partition) ?? 0)) return false
    ends.set(from.partition, from.offset + 1)
    return true
  })
}

/** O1: what was sent too often or not at all, when all is done; `lows`: records below them were gone before they could be sent. */
export const sentWrongly = (
  taken: readonly (readonly Taken[])[],
  made: readonly (readonly Made[])[],
  lows: readonly number[],
): string | null => {
  const meant = taken.flatMap((records, partition) =>
    counted(records, partition, Infinity)
      .filter(({ units }) => units > 2)
      .map(({ offset }) => ({ partition, offset })),
  )
  const sent = made.flatMap((records) => countedOnce(records, Infinity).map(({ from }) => nameOf(from)))
  const known = new Set(sent)
  if (known.size < sent.length) return 'a record was sent to two partitions'
  const lacking = meant.find((from) => !known.has(nameOf(from)) && from.offset >= (lows[from.partition] ?? 0))
  if (lacking !== undefined) return `record ${nameOf(lacking)} was never sent`
  const all = new Set(meant.map(nameOf))
  const extra = sent.find((name) => !all.has(name))
  return extra === undefined ? null : `record ${extra} was sent and does not count`
}
