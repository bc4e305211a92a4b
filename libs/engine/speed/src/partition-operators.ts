import { reserve } from '@tidewater/base'
import type { OperatorPlace, OperatorState, Row } from '@tidewater/plan'
import type { Address, StateWrite, StoredGroup } from '@tidewater/ports'
import { encodeValue, isUnsent, operatorName, readSlices, type Header } from '@tidewater/seam'
import type { RecordCounters } from './counters.ts'
import type { Outbox } from './outbox.ts'
import type { SentTo, SpeedOperator } from './speed-source.ts'

/** What the operators of one partition changed. The bytes are their own. */
export interface OperatorChanges {
  readonly writes: readonly StateWrite[]
  readonly deletes: readonly Address[]
}

/** Operators' values belong to no generation, so they are written as of a slice that none retires. */
const NO_SLICE = 0xffff_ffff

/**
 * Joins and patterns over one partition's log: their state, whole in memory and stored with the offset (semantics O3). It depends on
 * the accepted records below an offset and on nothing else, so a cut or a publish leaves it as it is.
 */
export class PartitionOperators {
  readonly #running: readonly Running[]
  #carried: number | null = null

  constructor(operators: readonly SpeedOperator[]) {
    this.#running = operators.map((operator) => new Running(operator))
  }

  get areThere(): boolean {
    return this.#running.length > 0
  }

  /** Where their states are stored. */
  get names(): readonly string[] {
    return this.#running.map(({ name }) => name)
  }

  /** One of them is not through with the records that are applied: each one matters, however old. */
  get areBehind(): boolean {
    return this.#carried !== null && this.#running.some(({ again }) => again)
  }

  /** Of all of them, as it is stored. */
  get bytes(): number {
    return this.#running.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** Begins with what is stored under `header`, in the order of `names`. */
  restart(header: Header, stored: readonly (readonly StoredGroup[])[]): void {
    this.#carried = header.carried
    for (const [i, running] of this.#running.entries()) running.restart(header, stored[i] ?? [])
  }

  clear(): void {
    this.#carried = null
    for (const running of this.#running) running.clear()
  }

  /** Runs them over an accepted record; what they complete goes into the outbox. */
  step(row: Row, at: OperatorPlace, isNew: boolean, outbox: Outbox, counts: RecordCounters): void {
    for (const running of this.#running)
      if (isNew || running.again) running.step(row, at, outbox, isNew, counts)
  }

  /** Every key that changed since the last one. */
  snapshot(): OperatorChanges {
    const changes = this.#running.map((running) => running.snapshot())
    return {
      writes: changes.flatMap(({ writes }) => writes),
      deletes: changes.flatMap(({ deletes }) => deletes),
    }
  }
}

class Running {
  readonly name: string
  /** Records below the header's nextOffset are run through it too. */
  again = false
  readonly #operator: SpeedOperator['operator']
  readonly #to: SentTo
  #state: OperatorState
  readonly #sizes = new Map<string, number>()
  #bytes = 0

  constructor({ operator, topic }: SpeedOperator) {
    this.name = operatorName(operator.fingerprint)
    this.#operator = operator
    this.#to = { topic, side: null }
    this.#state = operator.open()
  }

  /** Of all its keys, as it is stored. */
  get bytes(): number {
    return this.#bytes
  }

  restart(header: Header, stored: readonly StoredGroup[]): void {
    this.clear()
    this.again = isUnsent(header, this.name)
    for (const { key, value } of stored) {
      this.#state.load(key, payloadOf(value))
      this.#hold(key, value.length)
    }
  }

  clear(): void {
    this.#state = this.#operator.open()
    this.#sizes.clear()
    this.#bytes = 0
  }

  step(row: Row, at: OperatorPlace, outbox: Outbox, isNew: boolean, counts: RecordCounters): void {
    const { late, crowded } = this.#state
    const rows = this.#state.step(row, at)
    for (let number = 0; number < rows.length; number++)
      outbox.put(this.#to, rows[number] as (typeof rows)[number], at.offset, number)
    if (!isNew) return
    counts.rows_late += this.#state.late - late
    counts.rows_crowded += this.#state.crowded - crowded
  }

  snapshot(): OperatorChanges {
    const writes: StateWrite[] = []
    const deletes: Address[] = []
    for (const [key, bytes] of this.#state.changes()) {
      const address = { fingerprint: this.name, bucket: 0, key }
      if (bytes === null) deletes.push(address)
      else writes.push({ ...address, value: valueOf(bytes) })
      this.#hold(key, bytes === null ? 0 : (writes.at(-1)?.value.length ?? 0))
    }
    return { writes, deletes }
  }

  #hold(key: string, bytes: number): void {
    const before = this.#sizes.get(key)
    this.#bytes += bytes - (before ?? 0)
    if (bytes === 0) this.#sizes.delete(key)
    else this.#sizes.set(key, bytes)
  }
}

const valueOf = (bytes: Uint8Array): Uint8Array =>
  encodeValue(NO_SLICE, (out) => {
    reserve(out, bytes.length)
    out.bytes.set(bytes, out.length)
    out.length += bytes.length
  })

/** Throws `UNAVAILABLE` when the value is damaged. */
const payloadOf = (value: Uint8Array): Uint8Array => {
  const [slice] = readSlices(value)
  return value.subarray(slice?.start, slice?.end)
}
