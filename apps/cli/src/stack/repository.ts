import { join } from 'node:path'

/** Root of this clone. */
export const repository = join(import.meta.dirname, '..', '..', '..', '..')
