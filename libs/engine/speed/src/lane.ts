import { isPlatformError, sentenceOf } from '@tidewater/base'
import { pause, type LogBatch, type LogControl } from '@tidewater/ports'
import type { Alarm, LaneLimits, LanePorts } from './lane-ports.ts'
import type { CommitOutcome, Task } from './task.ts'

/** More records than this to go: far behind. */
const BEHIND_RECORDS = 10_000
const RETRY_MS = 500
const HEARTBEAT_MS = 1_000

/** When a task steps and commits, and what happens when it is refused: the only loop of the speed layer. */
export class Lane {
  readonly task: Task
  readonly #limits: LaneLimits
  readonly #ports: LanePorts
  #highWatermark = 0
  #committedAt: number
  #beatAt: number
  #busy = false
  #closed = false
  #sought = -1
  #cancelTimer: (() => void) | null = null
  #halted: Alarm | null = null

  constructor(task: Task, limits: LaneLimits, ports: LanePorts) {
    this.task = task
    this.#limits = limits
    this.#ports = ports
    this.#committedAt = ports.clock.elapsed()
    this.#beatAt = ports.clock.elapsed()
  }

  get halted(): Alarm | null {
    return this.#halted
  }

  /** Records known to be in the log and not yet applied. */
  get lag(): number {
    return Math.max(0, this.#highWatermark - this.task.position)
  }

  /** Takes the partition; answers where to read. Throws when the store fails. */
  async open(): Promise<number> {
    const offset = await this.task.start()
    const { low, high } = await this.#ports.bounds(this.task.place)
    this.#highWatermark = high
    const needed = this.task.needed
    if (low > needed) this.#halt('DATA_GAP', `the log begins at ${low}, records from ${needed} on are gone`)
    if (high < offset)
      this.#halt('LOG_SHORT', `the log ends at ${high}, but records below ${offset} are applied`)
    return Math.max(offset, Math.min(low, high))
  }

  async handle(batch: LogBatch, control: LogControl): Promise<void> {
    if (this.#halted !== null || this.#closed) return
    this.#busy = true
    this.#highWatermark = Math.max(this.#highWatermark, batch.highWatermark)
    try {
      if (!(await this.#ready(batch, control))) return
      if (!(await this.#run(batch, control))) return
      // a commit refused during the last heartbeat has set the task back, and no further batch may come to notice
      if (!this.task.open || this.task.position < batch.nextOffset) await this.#recover(control)
      if (this.task.open) this.#schedule()
    } finally {
      this.#busy = false
    }
  }

  /** Stores what is applied, as far as the store lets it. */
  async flush(): Promise<void> {
    this.#cancel()
    await this.#commit()
    if (this.task.uncommitted > 0) await this.#commit()
  }

  close(): void {
    this.#closed = true
    this.#cancel()
    this.task.close()
  }

  /** Whether the batch follows on what is applied; otherwise the log is sent to the right place, or the lane halts. */
  async #ready(batch: LogBatch, control: LogControl): Promise<boolean> {
    if (!this.task.open) {
      await this.#recover(control)
      return false
    }
    const { position } = this.task
    const first = batch.records[0]?.offset ?? batch.nextOffset
    if (first <= position) return true
    if (this.#sought !== position) {
      this.#sought = position
      control.seek(this.task.place, position)
      return false
    }
    // asked for `position` and got a later one: markers and compaction leave holes, retention leaves a gap
    const { low } = await this.#ports.bounds(this.task.place)
    const needed = Math.max(position, this.task.needed)
    if (low > needed) this.#halt('DATA_GAP', `the log begins at ${low}, records from ${needed} on are gone`)
    return this.#halted === null
  }

  /** True while the partition is ours; `handle` looks whether all of the batch counts. */
  async #run(batch: LogBatch, control: LogControl): Promise<boolean> {
    const { records } = batch
    let { position } = this.task
    for (
      let from = 0;
      from < records.length || position < batch.nextOffset;
      from += this.#limits.stepRecords
    ) {
      const to = Math.min(records.length, from + this.#limits.stepRecords)
      const next = to === records.length ? batch.nextOffset : (records[to - 1]?.offset ?? -1) + 1
      const result = await this.#step(position, batch, from, to, next)
      if (result === 'reset') return true
      position = this.task.position
      await this.#commitWhenDue()
      if (this.task.position !== position) return true
      if (!(await this.#beat(control))) return false
    }
    return true
  }

  async #step(
    position: number,
    { records }: LogBatch,
    from: number,
    to: number,
    next: number,
  ): Promise<'done' | 'reset'> {
    try {
      return await this.task.step(position, records, from, to, next)
    } catch (error) {
      this.#alarmStore(error)
      return 'reset'
    }
  }

  async #commitWhenDue(): Promise<void> {
    const { maxChanges, maxUncommitted, commitEveryMs, commitBehindMs } = this.#limits
    const { changes, uncommitted } = this.task
    const patience = this.lag > BEHIND_RECORDS ? commitBehindMs : commitEveryMs
    const due = this.#ports.clock.elapsed() - this.#committedAt >= patience
    if (!due && changes < maxChanges && uncommitted < maxUncommitted) return
    const waits = changes >= 2 * maxChanges || uncommitted >= maxUncommitted
    if (this.task.committing && !waits) return
    const sent = this.#commit()
    if (waits) await sent
  }

  async #commit(): Promise<void> {
    this.#committedAt = this.#ports.clock.elapsed()
    const outcome = await this.task.commit()
    if (outcome === 'redo' || outcome === 'reload') await this.#refused(outcome)
  }

  /** While a batch is handled its own loop notices; otherwise nobody else would. */
  async #refused(outcome: CommitOutcome): Promise<void> {
    if (this.#busy || this.#closed) return
    if (outcome === 'reload') await this.#reopen(null)
    if (this.task.open) this.#ports.seek(this.task.place, this.task.position)
  }

  async #recover(control: LogControl): Promise<void> {
    if (!this.task.open) await this.#reopen(control)
    if (!this.task.open || this.#closed) return
    this.#sought = this.task.position
    control.seek(this.task.place, this.task.position)
  }

  /** Until it succeeds, is closed, or the partition is no longer ours. */
  async #reopen(control: LogControl | null): Promise<void> {
    while (!this.#closed) {
      if (control !== null && !(await this.#beats(control))) return
      try {
        await this.open()
        return
      } catch (error) {
        this.#alarmStore(error)
        await pause(this.#ports.timers, RETRY_MS)
      }
    }
  }

  #schedule(): void {
    if (this.task.uncommitted === 0 || this.#cancelTimer !== null) return
    const wait = Math.max(0, this.#committedAt + this.#limits.commitEveryMs - this.#ports.clock.elapsed())
    this.#cancelTimer = this.#ports.timers.after(wait, () => {
      this.#cancelTimer = null
      if (this.#closed) return
      const again = this.task.committing || this.#busy
      void this.#commit().then(() => {
        if (again && !this.#busy && !this.#closed) this.#schedule()
      })
    })
  }

  #cancel(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = null
  }

  async #beat(control: LogControl): Promise<boolean> {
    if (this.#ports.clock.elapsed() - this.#beatAt < HEARTBEAT_MS) return true
    return this.#beats(control)
  }

  /** False once a rebalance has begun: what is not stored is somebody else's to do. */
  async #beats(control: LogControl): Promise<boolean> {
    this.#beatAt = this.#ports.clock.elapsed()
    try {
      await control.heartbeat()
      return true
    } catch {
      return false
    }
  }

  #halt(code: Alarm['code'], message: string): void {
    const cure = 'backfill the partition from the lake; it stands still until then and nothing is skipped'
    this.#halted = { code, place: this.task.place, message, cure }
    this.#ports.pausePartition(this.task.place)
    this.#ports.alarm(this.#halted)
  }

  /** A broken program throws on: only the store's own failures get better by waiting. */
  #alarmStore(error: unknown): void {
    if (!isPlatformError(error)) throw error
    const cure = 'it goes on by itself when the state store is back'
    this.#ports.alarm({ code: 'STORE', place: this.task.place, message: sentenceOf(error), cure })
  }
}
