import { floorTo, isPlatformError, must } from '@tidewater/base'
import { type LogRecord, type TopicPartition } from '@tidewater/ports'
import { decodeHeader, encodeHeader, markHalted, type Header } from '@tidewater/seam'
import { markHomes } from './mark-homes.ts'
import { nextHeader } from './next-header.ts'
import { PartitionState } from './partition-state.ts'
import { HOUR_MS } from './seen-journal.ts'
import type { SpeedSource } from './speed-source.ts'
import type { CommitOutcome, StepResult } from './task-outcomes.ts'
import { sameState, startOf, takenMeanwhile, takeWithCarry, whyRefused } from './partition-handover.ts'
import type { Owned } from './partition-handover.ts'
import type { TaskContext } from './task-context.ts'

/**
 * One topic-partition: applies its records in order to all views and commits state, seen ids and offset in one compare-and-set
 * (semantics L4). It never decides when: start, step and commit are called from outside, by `runSpeed` or by the simulation.
 * One step at a time; a commit may be under way while the next step runs.
 */
export class Task {
  readonly place: TopicPartition
  readonly source: SpeedSource
  readonly #context: TaskContext
  readonly #state: PartitionState
  #owned: Owned | null = null
  #position = 0
  #forgotten = -Infinity
  /** Grows with whatever makes running work void: a refusal, a start, a close. */
  #epoch = 0
  #stepping = false
  #sending: Promise<CommitOutcome> | null = null
  /** The header of the commit under way. */
  #sent: Header | null = null

  constructor(place: TopicPartition, source: SpeedSource, context: TaskContext) {
    this.place = place
    this.#context = context
    this.source = source
    this.#state = new PartitionState(place, source, context.counters, context.budget)
  }

  /** The offset of the next record to apply. */
  get position(): number {
    return this.#position
  }

  /** False before `start`, and after anything that makes another start necessary. */
  get open(): boolean {
    return this.#owned !== null
  }

  /** The lowest record that still changes state. */
  get needed(): number {
    return this.#owned?.header.nextOffset ?? 0
  }

  /** The lowest record that still changes a view or an operator. */
  get runsFrom(): number {
    return this.#state.operators.areBehind ? this.mustReadFrom : this.needed
  }

  /** The lowest record that must be read: by earlier ones than `needed` copies are told while a lost store is filled again. */
  get mustReadFrom(): number {
    return this.#owned === null ? 0 : startOf(this.#owned.header)
  }

  get committing(): boolean {
    return this.#sending !== null
  }

  get state(): Pick<PartitionState, 'changes' | 'operators'> {
    return this.#state
  }

  /** Offsets passed but not known to be stored, those of a commit under way included. */
  get uncommitted(): number {
    return this.#owned === null ? 0 : this.#position - startOf(this.#owned.header)
  }

  /** Takes the partition: from now on commits of every earlier owner are refused. Answers the offset to read from. */
  async start(): Promise<number> {
    this.close()
    const epoch = this.#epoch
    const { names } = this.#state.operators
    const taken = await takeWithCarry(this.#context, this.place, this.source, names)
    if (epoch !== this.#epoch) return this.#position
    if (taken === null) throw takenMeanwhile(this.place)
    this.#state.restart(taken.owned.header, taken.carry)
    this.#adopt(taken.owned)
    return this.#position
  }

  /** Forgets everything that is not stored, and that it ever owned the partition. */
  close(): void {
    this.#epoch++
    this.#forgotten = -Infinity
    this.#owned = null
    this.#state.clear()
  }

  /** Says in every answer that nothing more is applied, and why; the next `start` lifts it. Throws when the store fails. */
  async halt(why: string): Promise<void> {
    const { store, nonce } = this.#context
    await markHalted(store, this.place, why, nonce)
    this.close()
  }

  /**
   * Applies records[from, to), which follow on offset `position`; `next` is the offset behind them, gaps included. Records
   * below `position` are redeliveries and pass unseen. Answers `reset` at once when the task stands elsewhere by now.
   * Rejects when the store fails; the task is then closed.
   */
  async step(
    position: number,
    records: readonly LogRecord[],
    from: number,
    to: number,
    next: number,
  ): Promise<StepResult> {
    if (this.#owned === null || position !== this.#position) return 'reset'
    const epoch = this.#epoch
    const { header } = this.#owned
    this.#stepping = true
    try {
      this.#state.judge(records, from, to, position, header)
      await this.#fill(epoch)
      if (epoch !== this.#epoch) return 'reset'
      this.#state.apply(records, from, to, must(this.#owned, 'open task').header)
      this.#position = Math.max(this.#position, next)
      return 'done'
    } catch (error) {
      // started anew meanwhile: that start knows nothing of this failure
      if (epoch === this.#epoch) this.close()
      throw error
    } finally {
      this.#stepping = false
    }
  }

  /** Stores what the steps so far have changed; one at a time, never between the two halves of a step. */
  commit(): Promise<CommitOutcome> {
    if (this.#sending !== null) return this.#sending
    if (this.#stepping || this.#owned === null || this.uncommitted === 0) return Promise.resolve('nothing')
    this.#sending = this.#send(this.#owned).finally(() => {
      this.#sending = null
      this.#sent = null
    })
    return this.#sending
  }

  /** `reload`: the store has lost what this task has stored. Rejects when the store fails. */
  async look(): Promise<'stored' | 'reload'> {
    const owned = this.#owned
    const bytes = await this.#context.store.header(this.place)
    if (owned === null || owned !== this.#owned || this.#sending !== null) return 'stored'
    const found = bytes === null ? null : decodeHeader(bytes)
    const { token, nextOffset, carried } = owned.header
    if (found?.token === token && found.nextOffset >= nextOffset && found.carried === carried) return 'stored'
    this.#refused(owned.header, bytes)
    return 'reload'
  }

  /** Fetches all missing groups at once, when the homes of those that strayed are marked. */
  async #fill(epoch: number): Promise<void> {
    const missing = this.#state.views.missing()
    if (missing.length === 0) return
    await this.#markHomes(epoch)
    if (epoch !== this.#epoch) return
    const { header: before } = must(this.#owned, 'open task')
    const { header: bytes, values } = await this.#context.store.load(this.place, missing)
    if (epoch !== this.#epoch) return
    const { header } = must(this.#owned, 'open task')
    const found = bytes === null ? null : decodeHeader(bytes)
    // read before, during or after a commit of ours: what a commit changes is in memory and not among the missing
    const ours = [before, header, ...(this.#sent === null ? [] : [this.#sent])]
    const expected = found !== null && ours.some((own) => sameState(found, own))
    if (expected) this.#state.views.fill(values)
    else this.#refused(header, bytes)
  }

  async #markHomes(epoch: number): Promise<void> {
    const homes = this.#state.views.strays()
    if (homes.length === 0) return
    // it writes the header; none follows before the step is done
    await this.#sending
    if (epoch !== this.#epoch) return
    const owned = must(this.#owned, 'open task')
    const result = await markHomes(this.#context, this.place, homes, owned)
    if (epoch !== this.#epoch) return
    if (result.kind === 'marked') this.#owned = result.owned
    else this.#refused(owned.header, result.header)
  }

  async #send({ header, bytes }: Owned): Promise<CommitOutcome> {
    const { store, log, counters, nonce } = this.#context
    const epoch = this.#epoch
    const snapshot = this.#state.snapshot()
    const next = nextHeader(header, this.#position, this.#state, snapshot, this.source, nonce())
    const owned: Owned = { header: next, bytes: encodeHeader(next) }
    // once an hour of append time: ids no later record can be judged by leave the store with the commit, then memory
    const useless = next.lastAppended - this.source.horizonMs
    const forgetBefore = floorTo(useless, HOUR_MS)
    const forgets = forgetBefore > this.#forgotten
    this.#sent = next
    try {
      const { writes, deletes, seen, outgoing } = snapshot
      // without a wait where nothing is sent: what is encoded is good until the next step
      if (outgoing.length > 0) await this.#state.outbox.send(outgoing, log)
      if (epoch !== this.#epoch) return 'reload'
      const commit = { expected: bytes, next: owned.bytes, deletes, writes, seen }
      const result = await store.commit(this.place, forgets ? { ...commit, forgetBefore } : commit)
      if (epoch !== this.#epoch) return 'reload'
      if (result.kind === 'conflict') return this.#refused(header, result.header)
    } catch (error) {
      if (!isPlatformError(error)) throw error
      // the store or the log failed: it may have happened or not, only the stored header knows
      counters.commits_unknown++
      if (epoch === this.#epoch) this.close()
      return 'reload'
    }
    counters.commits++
    counters.changes_committed += snapshot.writes.length
    counters.records_sent += snapshot.outgoing.length
    this.#owned = owned
    this.#state.stored(snapshot)
    if (forgets) this.#state.forget(useless)
    if (forgets) this.#forgotten = forgetBefore
    return 'applied'
  }

  #refused(mine: Header, bytes: Uint8Array | null): CommitOutcome {
    const { counters } = this.#context
    const header = bytes === null ? null : decodeHeader(bytes)
    if (this.#state.canUndo && header !== null && bytes !== null && sameState(header, mine)) {
      counters.commits_redone_for_cut++
      this.#epoch++
      this.#state.undo(header)
      this.#adopt({ header, bytes })
      return 'redo'
    }
    counters[`commits_${whyRefused(mine, header)}`]++
    this.close()
    return 'reload'
  }

  #adopt(owned: Owned): void {
    this.#owned = owned
    this.#position = startOf(owned.header)
  }
}
