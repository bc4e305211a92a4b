import type { BatchOptions } from './batch-ports.ts'

/** What the language itself throws is a fault of the program; everything else is what a store or an engine answered. */
const isFault = (error: unknown): boolean =>
  !(error instanceof Error) ||
  [TypeError, ReferenceError, RangeError, SyntaxError].some((kind) => error instanceof kind)

/** For `catch`: a store that is away is said and waited for; a broken program throws on. */
export const warnIfAway =
  ({ warn }: Pick<BatchOptions, 'warn'>, sentence: string) =>
  (error: unknown): void => {
    if (isFault(error)) throw error
    warn(sentence, error)
  }
