import type { SqlDialect } from '@tidewater/expr'
import type { CopyWords } from './copy-words.ts'
import { MADE_OF, type MadeOf } from './sent-id.ts'

/**
 * Where a copy of what the platform sends is refused (semantics O1): a record is one iff, in its partition, a record made of as
 * late an offset of the same partition came before it. Not only the same one: what is sent again may be judged otherwise than it
 * was the first time, by another definition or a log that begins later, and the stream, which keeps one end per partition, cannot
 * tell what it had never sent. `end` is one past the latest offset seen of that partition, 0 when there is none.
 */
export const isSentBefore = ({ offset }: MadeOf, end: number): boolean => offset < end

/** The same in SQL. An id of another form is nobody's copy. */
export const sentWords = (dialect: SqlDialect): CopyWords => {
  const [partition, offset] = MADE_OF.map((pattern) => dialect.found('_id', pattern)) as [string, string]
  return {
    ...{ name: partition, mark: offset },
    before: `max(${offset}) OVER (PARTITION BY _partition, ${partition} ORDER BY _offset ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)`,
    isCopy: (mark, before) => `coalesce(${mark} <= ${before}, false)`,
    mayBeCopy: () => `${partition} IS NOT NULL`,
  }
}
