import { isPlatformError, sentenceOf } from '@tidewater/base'
import type { TopicPartition } from '@tidewater/ports'
import type { Alarm } from './lane-ports.ts'
import type { Task } from './task.ts'

/** What the log lacks of what a partition needs: records from `needed` on, up to now; null: nothing. */
export const logAlarm = (
  { place, needed, mustReadFrom }: Pick<Task, 'place' | 'needed' | 'mustReadFrom'>,
  low: number,
  high: number,
): Alarm | null => {
  const cure =
    'nothing is skipped: the partition stands still and answers say so (`tidewater status`); bring the records back, or begin anew with `npm start -- --fresh`'
  if (low > mustReadFrom) {
    const message = `the log begins at ${low}, records from ${mustReadFrom} on are gone`
    const cure =
      'nothing is skipped: it goes on by itself when the lake has them, or has counted them as lost; that is what `tidewater worker archive` does'
    return { code: 'DATA_GAP', place, message, cure }
  }
  if (high >= needed) return null
  const message = `the log ends at ${high}, but records below ${needed} are applied`
  return { code: 'LOG_SHORT', place, message, cure }
}

/** The store is full, and this partition is one of those that can wait. */
export const budgetAlarm = (place: TopicPartition, used: number, most: number): Alarm => ({
  code: 'STATE_BUDGET',
  place,
  message: `the state store holds ${Math.round(used)} bytes and may hold ${Math.round(most)}`,
  cure: 'it goes on by itself when there is room: build a generation (`tidewater generation`), or give Redis more memory (maxmemory) or raise STATE_BUDGET',
})

/** Operators that keep more than they may wait for a decision: what is left out would be missing for ever. Null: they keep less. */
export const operatorAlarm = (
  { place, state }: Pick<Task, 'place' | 'state'>,
  most: number,
): Alarm | null => {
  const { bytes } = state.operators
  if (bytes <= most) return null
  const message = `its joins and patterns keep ${bytes} bytes of state and may keep ${most}`
  const cure = 'shorten `within`, or spread the keys over more partitions; then start the worker anew'
  return { code: 'OPERATOR_STATE', place, message, cure }
}

/** Only a store's own failures get better by waiting: what else was thrown is thrown on. */
export const storeAlarm = (place: TopicPartition, error: unknown): Alarm => {
  if (!isPlatformError(error)) throw error
  const cure = 'it goes on by itself when the state store is back'
  return { code: 'STORE', place, message: sentenceOf(error), cure }
}
