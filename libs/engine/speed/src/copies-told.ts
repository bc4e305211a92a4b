import { hashId } from '@tidewater/base'
import type { SeenChunk } from '@tidewater/ports'
import { endBehind, isCopy, isSentBefore, madeOf, type MadeOf, type SentEnd } from '@tidewater/rows'
import type { Header } from '@tidewater/seam'
import { SeenTable } from './seen-table.ts'
import type { SpeedSource } from './speed-source.ts'

/**
 * By what the copies of one partition's records are told: the ids seen within the horizon (semantics I2), or, of a log that the
 * platform itself sends, how far each origin of its records had come (O1).
 */
export class CopiesTold {
  readonly #source: Pick<SpeedSource, 'horizonMs' | 'isSent'>
  readonly #id = new Int32Array(4)
  #seen = new SeenTable()
  #ends = new Map<string, SentEnd>()
  /** What the record asked about last is made of; null: of nothing that its id tells. */
  from: MadeOf | null = null

  constructor(source: Pick<SpeedSource, 'horizonMs' | 'isSent'>) {
    this.#source = source
  }

  /** Whether a record of that id came before; if not, it has now. `appended` is the prefix maximum of append time, ms. */
  isCopy(id: string, appended: number): boolean {
    if (this.#source.isSent) return this.#isSentBefore(id)
    hashId(id, this.#id)
    return isCopy(this.#source, appended, this.#seen.touch(this.#id, appended))
  }

  /** An id of another form is nobody's copy. */
  #isSentBefore(id: string): boolean {
    const from = (this.from = madeOf(id))
    if (from === null) return false
    if (isSentBefore(from, this.#ends.get(from.origin))) return true
    this.#ends.set(from.origin, endBehind(from))
    return false
  }

  /** For the header: of each origin of the log's records, the end of what was seen. */
  get sent(): Header['sent'] {
    return this.#source.isSent ? Object.fromEntries(this.#ends) : undefined
  }

  /** Ids seen since the last commit, to be stored with the next one. */
  get pending(): { readonly seen: readonly SeenChunk[]; readonly notes: number } {
    const notes = this.#seen.pendingCount
    return { seen: this.#seen.pending(), notes }
  }

  committed(notes: number): void {
    this.#seen.committed(notes)
  }

  /** Back to what is stored; `resume` follows. */
  undo(): void {
    this.#seen.undo()
  }

  load(chunk: SeenChunk): void {
    this.#seen.load(chunk)
  }

  resume({ sent }: Header): void {
    this.#ends = new Map(Object.entries(sent ?? {}))
  }

  clear(): void {
    this.#seen = new SeenTable()
    this.#ends.clear()
  }

  /** Ids last seen before `time` can judge no record any more. */
  forget(time: number): void {
    this.#seen.forget(time)
  }
}
