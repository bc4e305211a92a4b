import { extreme } from './extreme.ts'

/** The greatest value; of nothing it is missing. */
export const max = extreme('>', '-Infinity')
