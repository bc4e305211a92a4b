import { byTime } from './by-time.ts'

/** The value of the first row by event time; of nothing it is missing. */
export const earliest = byTime('<', 'Infinity')
