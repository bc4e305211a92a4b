/** Codes an answer may carry; the same words in GraphQL, HTTP and the command line. */
export type ErrorCode =
  | 'BAD_INPUT'
  | 'BAD_DEFINITION'
  | 'BAD_CONFIG'
  | 'UNKNOWN_VIEW'
  | 'LIMIT'
  | 'TOO_DEEP'
  | 'TOO_COSTLY'
  | 'NOT_READY'
  | 'UNAVAILABLE'
  | 'TIMEOUT'
  | 'CURSOR_EXPIRED'

/** An error a person is meant to read: what is wrong, where, and the cure. Anything else thrown is a bug. */
export class PlatformError extends Error {
  override readonly name = 'PlatformError'
  readonly code: ErrorCode
  readonly cure: string
  readonly path: string | null

  constructor(code: ErrorCode, message: string, cure: string, path?: string) {
    super(message)
    this.code = code
    this.cure = cure
    this.path = path ?? null
  }
}

/** True also for an error of another copy of this module, such as one that a test runner made. */
export const isPlatformError = (error: unknown): error is PlatformError =>
  error instanceof Error && error.name === 'PlatformError' && 'cure' in error

/** One line for a terminal or a log. */
export const sentenceOf = (error: unknown): string => {
  if (isPlatformError(error)) return error.cure === '' ? error.message : `${error.message} (${error.cure})`
  return error instanceof Error ? error.message : String(error)
}
