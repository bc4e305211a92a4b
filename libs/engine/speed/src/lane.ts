import { pause, type LogBatch, type LogControl } from '@tidewater/ports'
import { logAlarm, operatorAlarm, storeAlarm } from './alarms.ts'
import { CommitTimer } from './commit-timer.ts'
import { BEHIND_RECORDS, RETRY_MS, type Alarm, type LaneLimits, type LanePorts } from './lane-ports.ts'
import { nextState, OPENING, type LaneEvent, type LaneState } from './lane-state.ts'
import { Membership } from './membership.ts'
import type { Task } from './task.ts'

/** When a task steps and commits, and what happens when it is refused: the only loop of the speed layer. */
export class Lane {
  readonly task: Task
  readonly #limits: LaneLimits
  readonly #ports: LanePorts
  readonly #commits: CommitTimer
  readonly #membership: Membership
  #state: LaneState = OPENING
  #opening: Promise<void> | null = null
  #highWatermark = 0
  /** First offset the log still has, as last seen. */
  #low = 0

  constructor(task: Task, limits: LaneLimits, ports: LanePorts) {
    this.task = task
    this.#limits = limits
    this.#ports = ports
    this.#commits = new CommitTimer(ports.clock, ports.timers)
    this.#membership = new Membership(ports.clock)
  }

  get state(): LaneState {
    return this.#state
  }

  /** Records known to be in the log and not yet applied. */
  get lag(): number {
    return Math.max(0, this.#highWatermark - this.task.position)
  }

  /** Takes the partition, once; answers where to read. Null: not yet, `readFrom` follows when it is taken, if ever. */
  async open(): Promise<number | null> {
    await (this.#opening ??= this.#takeFirst())
    return this.#runs() ? this.#readFrom : null
  }

  async #takeFirst(): Promise<void> {
    try {
      if ((await this.#take()) || this.#state.kind !== 'opening') return
    } catch (error) {
      this.#alarmStore(error)
    }
    this.#recover()
  }

  /** Applies a batch; dropped unless the lane runs, for then the log is sent back here when it does. */
  async handle(batch: LogBatch, control: LogControl): Promise<void> {
    if (this.#state.kind !== 'running') return
    this.#highWatermark = Math.max(this.#highWatermark, batch.highWatermark)
    if (!(await this.#follows(batch, control))) return
    await this.#apply(batch, control)
    if (!this.#runs()) return
    if (!this.task.open) return this.#recover()
    // a refused commit has set the task back, or a heartbeat failed: no further batch may come to notice
    if (this.task.position < batch.nextOffset) this.#readOn()
    this.#planCommit()
  }

  /** Stores what is applied, as far as the store lets it. */
  async flush(): Promise<void> {
    this.#commits.cancel()
    await this.task.commit()
    if (this.task.uncommitted > 0) await this.task.commit()
  }

  /** Stores what is applied and applies nothing more until `relieve`. Throws when the store fails. */
  async suspend(alarm: Alarm): Promise<void> {
    if (this.#runs()) await this.#commit()
    if (this.#runs()) await this.#halt(alarm)
  }

  /** What it stands still for is gone, or the store has forgotten that it does. */
  relieve(): void {
    if (this.#state.kind !== 'halted') return
    this.#move({ kind: 'relieved' })
    this.#retake().catch(this.#ports.broken)
  }

  /** Begins anew when the store has lost what was stored, or when the lake has got what the log lacks. */
  async look(): Promise<void> {
    try {
      if (this.#isHalted('DATA_GAP') && (await this.#isArchived())) return this.relieve()
      if (this.#runs() && (await this.task.look()) === 'reload') this.#recover()
    } catch (error) {
      this.#alarmStore(error)
    }
  }

  close(): void {
    this.#move({ kind: 'revoked' })
    this.#commits.cancel()
    this.task.close()
  }

  #isHalted(of: Alarm['code']): boolean {
    return this.#state.kind === 'halted' && this.#state.alarm.code === of
  }

  #move(event: LaneEvent): void {
    this.#state = nextState(this.#state, event)
  }

  /** Asked again after every wait: the partition may be lost meanwhile. */
  #runs(): boolean {
    return this.#state.kind === 'running'
  }

  /** False: it was revoked meanwhile, moved under our hands, or its log lacks what is needed. Throws when the store fails. */
  async #take(): Promise<boolean> {
    await this.task.start()
    const { low, high } = await this.#ports.bounds(this.task.place)
    if (!this.task.open || this.#state.kind === 'closed') return false
    this.#highWatermark = high
    this.#low = low
    const alarm = logAlarm(this.task, low, high)
    if (alarm?.code === 'DATA_GAP' && (await this.#isArchived())) {
      // The group waits for whoever opens: what takes time is done when it has its members.
      if (this.#state.kind === 'opening' || !(await this.#ports.archive?.refill(this.task, low))) return false
    } else if (alarm !== null) {
      await this.#halt(alarm)
      return false
    }
    this.#move({ kind: 'taken' })
    return true
  }

  /** Whether the lake has all that is before the beginning of the log. */
  async #isArchived(): Promise<boolean> {
    return ((await this.#ports.archive?.next(this.task.place)) ?? 0) >= this.#low
  }

  async #halt(alarm: Alarm): Promise<void> {
    await this.task.halt(`${alarm.code}: ${alarm.message}`)
    this.#move({ kind: 'stuck', alarm })
    this.#ports.pause(this.task.place)
    this.#ports.alarm(alarm)
  }

  /** Takes the partition again until it succeeds or is no longer ours; meanwhile nothing of it is fetched. */
  #recover(): void {
    if (this.#state.kind !== 'running' && this.#state.kind !== 'opening') return
    this.#move({ kind: 'lost' })
    this.#ports.pause(this.task.place)
    this.#retake().catch(this.#ports.broken)
  }

  async #retake(): Promise<void> {
    while (this.#state.kind === 'recovering') {
      try {
        if (await this.#take()) return this.#readOn()
      } catch (error) {
        this.#alarmStore(error)
      }
      await pause(this.#ports.timers, RETRY_MS)
    }
  }

  #readOn = (): void => this.#ports.readFrom(this.task.place, this.#readFrom)

  /** While seen ids are collected again, `position` may be before what the log still has. */
  get #readFrom(): number {
    return Math.max(this.task.position, this.#low)
  }

  /** Whether the batch follows on what is applied; otherwise the log is sent to the right place, or the lane begins anew. */
  async #follows(batch: LogBatch, control: LogControl): Promise<boolean> {
    const { position, place } = this.task
    if (!this.task.open || this.#state.kind !== 'running') return false
    if (batch.from <= position) return true
    const { low } = await this.#ports.bounds(place)
    this.#low = low
    if (!this.#runs()) return false
    if (batch.from > this.#readFrom) {
      control.seek(place, this.#readFrom)
      return false
    }
    // the log begins behind `position`: what is gone is read from the lake, or it is a gap
    if (low <= Math.max(position, this.task.mustReadFrom)) return true
    await this.#commit()
    if (this.#runs()) this.#recover()
    return false
  }

  /** Step by step, as long as the task stands where the batch is and the membership lasts. */
  async #apply(batch: LogBatch, control: LogControl): Promise<void> {
    const { records } = batch
    const { stepRecords, operatorBytes } = this.#limits
    let { position } = this.task
    for (let from = 0; from < records.length || position < batch.nextOffset; from += stepRecords) {
      const to = Math.min(records.length, from + stepRecords)
      const next = to === records.length ? batch.nextOffset : (records[to - 1]?.offset ?? -1) + 1
      try {
        if ((await this.task.step(position, records, from, to, next)) === 'reset') return
      } catch (error) {
        this.#alarmStore(error)
        return
      }
      position = this.task.position
      await this.#commitWhenDue()
      const alarm = operatorAlarm(this.task, operatorBytes)
      if (alarm !== null) return this.suspend(alarm)
      if (!this.task.open || this.task.position !== position) return
      if (!(await this.#membership.isKept(control))) return
    }
  }

  /** How long what is applied may stay uncommitted, ms. */
  get #patience(): number {
    return this.#limits[this.lag > BEHIND_RECORDS ? 'commitBehindMs' : 'commitEveryMs']
  }

  async #commitWhenDue(): Promise<void> {
    const { uncommitted, state } = this.task
    const { maxChanges, maxUncommitted } = this.#limits
    const isEarly = this.#commits.waited < this.#patience
    if (isEarly && state.changes < maxChanges && uncommitted < maxUncommitted) return
    if (state.changes >= 2 * maxChanges || uncommitted >= maxUncommitted) await this.#commit()
    else if (!this.task.committing) this.#commit().catch(this.#ports.broken)
  }

  /** A refused commit sends the log back to what is stored, or begins anew. */
  async #commit(): Promise<void> {
    this.#commits.sent()
    const outcome = await this.task.commit()
    if (!this.#runs()) return
    if (outcome === 'redo') this.#readOn()
    else if (outcome === 'reload') this.#recover()
  }

  /** What the last batch left uncommitted is stored without waiting for another one. */
  #planCommit(): void {
    if (!this.#runs() || this.task.uncommitted === 0) return
    this.#commits.plan(this.#patience, () => {
      if (this.#runs()) this.#commit().then(() => this.#planCommit(), this.#ports.broken)
    })
  }

  #alarmStore(error: unknown): void {
    this.#ports.alarm(storeAlarm(this.task.place, error))
  }
}
