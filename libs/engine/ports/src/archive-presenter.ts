import type { OffsetVector } from './batch-reader.ts'
import type { ServedRow, WindowRange } from './serving-reader.ts'

/** A part of a view's groups, small enough to be held: parts are disjoint and together they are the view. */
export type ViewPart =
  | ({ readonly kind: 'windows' } & WindowRange)
  /** Of a view without window: the groups whose keys fall to this one of `of` shares. */
  | { readonly kind: 'keys'; readonly share: number; readonly of: number }

/** Recomputes views from the archive alone: no generation, no state of the platform takes part. */
export interface ArchivePresenter {
  /** Parts of about `atMost` groups each by what is archived now; they cover whatever comes later too. */
  divide(view: string, atMost: number): Promise<readonly ViewPart[]>
  /** The groups of one part over the archived rows below `offsets`, shown as of one instant (ms). */
  present(view: string, part: ViewPart, offsets: OffsetVector, asOf: number): Promise<readonly ServedRow[]>
}
