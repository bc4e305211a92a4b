/** Whether the operating system refused with one of these codes: 'ENOENT', 'ESRCH' … */
export const isSystemError = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.some((code) => code === error.code)
