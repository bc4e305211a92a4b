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

export const NO_WINDOW: ListRange = { windows: 'none', from: null, to: null, read: ALL_TIME, previousMs: null }

export const listRange = async (
  operation: Operation,
  access: ViewAccess,
  question: ListQuestion,
  cursor: Cursor | null,
): Promise<ListRange> => {
  const { window } = access.view
  if (window === null) return NO_WINDOW
  const zone = question.zone ?? (window.kind === 'calendar' ? window.zone : 'UTC')
  const windows = rollUpOf(window, parsePeriod(question.every ?? periodOf(window)), zone) ?? 'all'
  const [from, to] = cursor === null ? await rangeOf(operation, access, question) : [cursor.from, cursor.to]
  if (from !== null && to !== null && from >= to) {
    throw new PlatformError('BAD_INPUT', `'from' must be before 'to'`, `swap them, or leave out 'from' for everything`, 'from')
  }
  const previousMs = question.wantsPrevious && from !== null && to !== null ? to - from : null
  const read = { from: from === null ? ALL_TIME.from : from - (previousMs ?? 0), to: to ?? ALL_TIME.to }
  return { windows, from, to, read, previousMs }
}

const rangeOf = async (operation: Operation, access: ViewAccess, { from, to }: ListQuestion): Promise<[number | null, number | null]> => {
  const ends = await Promise.all([
    from === null ? null : answerInstant(operation, access, from),
    answerInstant(operation, access, to),
  ])
  const isNewest = to.kind === 'stream' || (to.kind === 'now' && access.view.clock === 'event')
  // The newest event is itself part of "everything up to the newest event".
  return [ends[0], isNewest ? ends[1] + 1 : ends[1]]
}
