import { PlatformError } from '@tidewater/base'
import { parsePeriod, periodOf, rollUpOf } from '@tidewater/merge'
import type { Regrouping } from '@tidewater/merge'
import { answerInstant } from './answer-instant.ts'
import { ALL_TIME } from './batch-part.ts'
import type { BucketRange } from './batch-part.ts'
import type { Cursor } from './cursor.ts'
import type { ListQuestion } from './list-question.ts'
import type { Operation } from './operation.ts'
import type { ViewAccess } from './view-access.ts'

/** Which windows are read, and how they are joined. */
export interface ListRange {
  readonly windows: Regrouping['windows']
  readonly from: number | null
  readonly to: number | null
  /** What is read: from one range earlier on when the previous range is wanted too. */
  readonly read: BucketRange
  /** Length of the range, ms; null when it is open or nobody asks for the one before. */
  readonly previousMs: number | null
}

export const NO_WINDOW: ListRange = {
  windows: 'none',
  from: null,
  to: null,
  read: ALL_TIME,
  previousMs: null,
}

/** Known at once unless an end of the range is the log's newest event. */
export const listRange = (
  operation: Operation,
  access: ViewAccess,
  question: ListQuestion,
  cursor: Cursor | null,
): ListRange | Promise<ListRange> => {
  const { window } = access.view
  if (window === null) return NO_WINDOW
  const zone = question.zone ?? (window.kind === 'calendar' ? window.zone : 'UTC')
  const windows = rollUpOf(window, parsePeriod(question.every ?? periodOf(window)), zone) ?? 'all'
  if (cursor !== null) return between(question, windows, cursor.from, cursor.to)
  const from = question.from === null ? null : answerInstant(operation, access, question.from)
  const to = answerInstant(operation, access, question.to)
  const isNewest =
    question.to.kind === 'stream' || (question.to.kind === 'now' && access.view.clock === 'event')
  // The newest event is itself part of "everything up to the newest event".
  const end = (ms: number): number => (isNewest ? ms + 1 : ms)
  if (typeof to === 'number' && (from === null || typeof from === 'number'))
    return between(question, windows, from, end(to))
  return Promise.all([from, to]).then(([least, most]) => between(question, windows, least, end(most)))
}

const between = (
  { wantsPrevious }: ListQuestion,
  windows: Regrouping['windows'],
  from: number | null,
  to: number | null,
): ListRange => {
  if (from !== null && to !== null && from >= to) {
    throw new PlatformError(
      'BAD_INPUT',
      `'from' must be before 'to'`,
      `swap them, or leave out 'from' for everything`,
      'from',
    )
  }
  const previousMs = wantsPrevious && from !== null && to !== null ? to - from : null
  const read = { from: from === null ? ALL_TIME.from : from - (previousMs ?? 0), to: to ?? ALL_TIME.to }
  return { windows, from, to, read, previousMs }
}
