import type { LiveGroup } from './live-group.ts'
import type { Span } from './slab.ts'

/** One group of one view: where its value lies in the slab, and how it stands to the store. */
export class Entry implements Span {
  readonly bucket: number
  readonly key: string
  from = 0
  size = 0
  room = 0
  /** False until the store was asked for it. */
  known = false
  /** Changed since the last snapshot for a commit. */
  dirty = false
  /** In a commit whose answer is not here yet. */
  sent = false
  /** The last step that touched it, and the first and last of its rows there. */
  touched = 0
  firstRow = 0
  lastRow = 0
  /** Where the cache keeps it. */
  at = 0
  /** Not null while it stays open; when it is `dirty` too, the slab has what it was. */
  live: LiveGroup | null = null

  constructor(bucket: number, key: string) {
    this.bucket = bucket
    this.key = key
  }
}
