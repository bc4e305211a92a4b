import { PlatformError, isPlatformError } from '@tidewater/base'

/** A mistake in a definition: one sentence and its cure. Thrown while the file that holds it is loaded. */
export const mistake = (sentence: string, cure = '', path?: string): PlatformError =>
  new PlatformError('BAD_DEFINITION', sentence, cure, path)

/** Runs a part of a definition; a mistake in it is told with its place: `SalesByProduct.measure: …`. */
export const at = <T>(place: string, part: () => T): T => {
  try {
    return part()
  } catch (error) {
    if (isPlatformError(error) && error.path !== null) throw error
    const told = new PlatformError(
      'BAD_DEFINITION',
      `${place}: ${error instanceof Error ? error.message : String(error)}`,
      isPlatformError(error) ? error.cure : '',
      place,
    )
    // the stack of the cause leads to the author's own line
    if (error instanceof Error && error.stack !== undefined) told.stack = error.stack
    throw told
  }
}
