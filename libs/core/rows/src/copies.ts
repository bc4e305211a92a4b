import type { SqlDialect } from '@tidewater/expr'
import type { EventDefinition } from 'tidewater'
import type { CopyWords } from './copy-words.ts'
import { sentWords } from './sent-copies.ts'

type Horizon = Pick<EventDefinition, 'horizonMs'>

/** What says of an event how its copies are told. */
export type CopyRule = Pick<EventDefinition, 'horizonMs' | 'madeBy'>

/**
 * Where a copy is refused (semantics I2): a record is a copy iff an earlier one of its id in its partition was appended at
 * most `horizon` before it. Append time is a prefix maximum, so the nearest earlier one decides alone. Once by hand for the
 * stream and once as SQL for history; a test holds them together. Of what the platform sends itself, `sent-copies.ts` decides.
 *
 * `appendedAt` and `nearest` in ms; `nearest` is negative when the id was never seen before.
 */
export const isCopy = ({ horizonMs }: Horizon, appendedAt: number, nearest: number): boolean =>
  nearest >= 0 && appendedAt - nearest <= horizonMs

export const copyWords = (event: CopyRule, dialect: SqlDialect): CopyWords =>
  event.madeBy === null ? wordsById(event, dialect) : sentWords(dialect)

const wordsById = ({ horizonMs }: Horizon, dialect: SqlDialect): CopyWords => {
  // `_appended_at`, ms. A missing row must be NULL, not 0, so ClickHouse is given a type that has one.
  const type = dialect.cellType({ kind: 'instant' })
  const mark = `CAST(${dialect.fromColumn({ kind: 'instant' }, '_appended_at')} AS ${type})`
  const hash = dialect.hash64('_id')
  return {
    ...{ name: '_id', mark },
    before: `lag(${mark}) OVER (PARTITION BY _partition, _id ORDER BY _offset)`,
    isCopy: (appendedAt, nearest) => `coalesce(${appendedAt} - ${nearest} <= ${horizonMs}, false)`,
    // Only ids whose hash occurs twice are sorted; of most logs that is next to none.
    mayBeCopy: (raw) => `${hash} IN (SELECT ${hash} AS h FROM ${raw} GROUP BY h HAVING count(*) > 1)`,
    deciding: (earlier, later) =>
      `SELECT ${ENVELOPE} FROM ${earlier} WHERE ${hash} IN (SELECT ${hash} FROM ${later})`,
  }
}

/** What tells copies: `_partition, _offset` and the columns that the marks are made of. */
export const ENVELOPE = '_partition, _offset, _id, _appended_at'

/** The rows of `raw` that are no copies. */
export const withoutCopies = (event: CopyRule, dialect: SqlDialect, raw: string): string =>
  withoutCopiesAmong(event, dialect, raw, raw)

/** The rows of `raw` that are no copies of any of `among`: envelopes of these rows and of what came before them. */
export const withoutCopiesAmong = (
  event: CopyRule,
  dialect: SqlDialect,
  raw: string,
  among: string,
): string => {
  const { mark, before, isCopy, mayBeCopy } = copyWords(event, dialect)
  const told = `SELECT _partition, _offset, ${mark} AS _mark, ${before} AS _before FROM ${among} WHERE ${mayBeCopy(among)}`
  const copies = `SELECT _partition, _offset FROM (\n  ${told}\n) WHERE ${isCopy('_mark', '_before')}`
  return `SELECT r.* FROM ${raw} AS r ${dialect.antiJoin} (${copies}) AS d ON r._partition = d._partition AND r._offset = d._offset`
}
