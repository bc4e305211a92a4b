import { extreme } from './extreme.ts'

/** The least value; of nothing it is missing. */
export const min = extreme('<', 'Infinity')
