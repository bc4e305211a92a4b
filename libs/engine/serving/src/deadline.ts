import { PlatformError } from '@tidewater/base'
import type { Timers } from '@tidewater/ports'

/** The value, or `TIMEOUT` when it takes longer than `ms`; what was begun is left to end by itself. */
export const within = async <T>(
  timers: Timers | undefined,
  ms: number,
  what: string,
  work: Promise<T>,
): Promise<T> => {
  if (timers === undefined) return work
  let cancel: () => void = () => undefined
  const late = new Promise<never>((_, reject) => {
    cancel = timers.after(ms, () =>
      reject(
        new PlatformError('TIMEOUT', `${what} took longer than ${ms / 1000} s`, 'ask for less, or use SQL'),
      ),
    )
  })
  try {
    return await Promise.race([work, late])
  } finally {
    cancel()
  }
}
