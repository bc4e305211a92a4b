import { byTime } from './by-time.ts'

/** The value of the last row by event time; of nothing it is missing. */
export const latest = byTime('>', '-Infinity')
