import type { Change } from './change.ts'
import { ADAPTERS } from './changes/adapters.ts'
import { ARCHIVE } from './changes/archive.ts'
import { BATCH } from './changes/batch.ts'
import { CORE } from './changes/core.ts'
import { INGEST } from './changes/ingest.ts'
import { OPERATORS } from './changes/operators.ts'
import { SEAM } from './changes/seam.ts'
import { SERVING } from './changes/serving.ts'
import { SPEED } from './changes/speed.ts'

/** The slips by the room whose code they change. */
export const ROOMS: Readonly<Record<string, readonly Change[]>> = {
  'libs/core': CORE,
  'libs/core/plan/src/operators': OPERATORS,
  'libs/engine/seam': SEAM,
  'libs/engine/speed': SPEED,
  'libs/engine/archive': ARCHIVE,
  'libs/engine/batch': BATCH,
  'libs/engine/serving': SERVING,
  'libs/engine/ingest': INGEST,
  'libs/adapters': ADAPTERS,
}

export const CHANGES: readonly Change[] = Object.values(ROOMS).flat()
