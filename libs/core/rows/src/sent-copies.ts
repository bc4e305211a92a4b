import type { SqlDialect } from '@tidewater/expr'
import type { CopyWords } from './copy-words.ts'
import { MADE_OF, NUMBERS, type MadeOf } from './sent-id.ts'

/** Behind the latest record seen of an origin: an offset, and a number among the records made of it. */
export type SentEnd = readonly [offset: number, number: number]

/**
 * Where a copy of what the platform sends is refused (semantics O1): a record is one iff, in its partition, a record of its origin
 * and of as late an offset and number came before it. Not only the same ones: what is sent again may be judged otherwise than it
 * was the first time, by another definition or a log that begins later, and the stream, which keeps one end per origin, cannot
 * tell what it had never sent.
 */
export const isSentBefore = ({ offset, number }: MadeOf, end: SentEnd | undefined): boolean =>
  end !== undefined && (offset < end[0] || (offset === end[0] && number < end[1]))

export const endBehind = ({ offset, number }: MadeOf): SentEnd => [offset, number + 1]

/** The same in SQL. An id of another form is nobody's copy. */
export const sentWords = (dialect: SqlDialect): CopyWords => {
  const origin = dialect.foundText('_id', MADE_OF.origin)
  const number = `coalesce(${dialect.found('_id', MADE_OF.number)}, 0)`
  const mark = `(${dialect.wide(dialect.found('_id', MADE_OF.offset))} * ${NUMBERS} + ${number})`
  return {
    ...{ name: origin, mark },
    before: `max(${mark}) OVER (PARTITION BY _partition, ${origin} ORDER BY _offset ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)`,
    isCopy: (mark, before) => `coalesce(${mark} <= ${before}, false)`,
    mayBeCopy: () => `${origin} IS NOT NULL`,
    // the highest of each origin
    deciding: (earlier) => {
      const highest = ['_offset', '_id', '_appended_at'].map(
        (column) => `${dialect.aggregates.atGreatest(`e.${column}`, 'e._mark', null)} AS ${column}`,
      )
      return `SELECT e._partition AS _partition, ${highest.join(', ')}
FROM (SELECT *, ${origin} AS _origin, ${mark} AS _mark FROM ${earlier}) AS e
WHERE e._origin IS NOT NULL AND e._mark IS NOT NULL GROUP BY e._partition, e._origin`
    },
  }
}
