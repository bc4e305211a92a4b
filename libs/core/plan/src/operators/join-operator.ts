import { ByteReader, must } from '@tidewater/base'
import type { ByteSink } from '@tidewater/base'
import { MOST_ROWS, ORIGINS, operatorFingerprint } from 'tidewater'
import type { Catalog, EventDefinition, FieldDefinition, JoinDefinition } from 'tidewater'
import type { Value } from '@tidewater/expr'
import { encodeKey } from '../key.ts'
import type { Row } from '../machine-types.ts'
import type { Operator, OperatorPlace, OperatorState } from '../operator-types.ts'
import { compileJson, tableRowsOf } from '../sent-rows.ts'
import type { SentRow } from '../sent-rows.ts'
import { ChangedKeys, PROGRESS } from './changed-keys.ts'
import { Deadlines } from './deadlines.ts'
import { HeldKey, decodeHeld, encodeHeld, letGo } from './join-rows.ts'
import type { HeldRow } from './join-rows.ts'
import { Progress } from './progress.ts'
import { valueList } from './value-list.ts'
import type { ValueList } from './value-list.ts'

/** Raised when the stored bytes come to mean something else. */
const FORM = 1

type SideName = 'left' | 'right'

/** One side as the operator needs it. */
interface Side {
  readonly name: SideName
  /** Fields of the sides' log that are kept of a row, and what the join's fields call them. */
  readonly columns: readonly string[]
  readonly fields: readonly string[]
  readonly list: ValueList
  readonly latenessMs: number
  /** How long after a row's time the other side's rows may still belong to it. */
  readonly reachMs: number
}

interface Plan {
  readonly join: JoinDefinition
  readonly left: Side
  readonly right: Side
  readonly mostRows: number
  /** Null: something of the on fields is missing and the row meets none. */
  keyOf(row: Row): { readonly key: string; readonly isKnown: boolean }
  make(left: HeldRow, right: HeldRow | null): SentRow | null
}

/** A join over the log of its sides. `mostRows`: of one side and key. */
export const compileJoin = (join: JoinDefinition, catalog: Catalog, mostRows = MOST_ROWS): Operator => {
  const plan = planOf(join, catalog, mostRows)
  return {
    name: join.name,
    fingerprint: operatorFingerprint(join, catalog, FORM),
    open: () => new JoinState(plan),
  }
}

const planOf = (join: JoinDefinition, catalog: Catalog, mostRows: number): Plan => {
  const log = logOf(catalog, join.from)
  const sideOf = (name: SideName, reachMs: number): Side => {
    const prefix = `${name}_`
    const own = log.fields.filter((field) => field.name.startsWith(prefix))
    return {
      name,
      columns: own.map((field) => field.name),
      fields: own.map((field) => `${name}.${field.name.slice(prefix.length)}`),
      list: valueList(own.map(({ type }) => type)),
      latenessMs: logOf(catalog, join[name].from).latenessMs,
      reachMs,
    }
  }
  const [left, right] = [sideOf('left', join.afterMs), sideOf('right', join.beforeMs)]
  return { join, left, right, mostRows, keyOf: keyOf(join.on), make: maker(join, catalog, left, right) }
}

const logOf = (catalog: Catalog, name: string): EventDefinition => must(catalog.events.get(name), name)

const keyOf = (on: readonly FieldDefinition[]): Plan['keyOf'] => {
  const parts = on.map(({ type }) => ({ type, optional: true }))
  return (row) => {
    const values = on.map(({ name }) => row[name] ?? null)
    return { key: `=${encodeKey(values, parts)}`, isKnown: !values.includes(null) }
  }
}

const maker = (join: JoinDefinition, catalog: Catalog, left: Side, right: Side): Plan['make'] => {
  const write = compileJson(logOf(catalog, join.name), join.fields, tableRowsOf(catalog))
  return (l, r) => {
    const row: Record<string, Value> = { matched: r !== null }
    left.fields.forEach((field, n) => (row[field] = l.values[n] ?? null))
    right.fields.forEach((field, n) => (row[field] = r?.values[n] ?? null))
    const made = write(row)
    // A field that was not required when the row was sent: without it the result has no place.
    return made === 'keyless' ? null : made
  }
}

class JoinState implements OperatorState {
  late = 0
  crowded = 0
  readonly #plan: Plan
  readonly #keys = new Map<string, HeldKey>()
  readonly #changed = new ChangedKeys()
  readonly #progress: Readonly<Record<SideName, Progress>>
  readonly #endings = { left: new Deadlines<HeldRow>(), right: new Deadlines<HeldRow>() }

  constructor(plan: Plan) {
    this.#plan = plan
    this.#progress = {
      left: new Progress(plan.left.latenessMs),
      right: new Progress(plan.right.latenessMs),
    }
  }

  step(row: Row, { offset, appendedAt, origin }: OperatorPlace): readonly SentRow[] {
    const side = this.#plan[row['side'] as SideName]
    const at = row['at'] as number
    const progress = this.#progress[side.name]
    const isLate = at < progress.watermark
    // First the time that has passed since the record before, then this one.
    this.#advance(appendedAt)
    progress.note(at, appendedAt, origin ?? 0, (row[ORIGINS.name] ?? 0) as number)
    this.#advance(appendedAt)
    this.#changed.add(PROGRESS)
    const results: (SentRow | null)[] = []
    if (isLate) this.late++
    else this.#take(row, side, { at, offset }, results)
    this.#close(results)
    return results.filter((result) => result !== null)
  }

  #advance(appendedAt: number): void {
    this.#progress.left.advance(appendedAt)
    this.#progress.right.advance(appendedAt)
  }

  #take(
    row: Row,
    side: Side,
    { at, offset }: Pick<HeldRow, 'at' | 'offset'>,
    results: (SentRow | null)[],
  ): void {
    const { key, isKnown } = this.#plan.keyOf(row)
    const held = this.#keys.get(key) ?? new HeldKey()
    if (held[side.name].length >= this.#plan.mostRows) {
      this.crowded++
      return
    }
    const values = side.columns.map((column) => row[column] ?? null)
    const taken = { key, at, offset, values, deadline: at + side.reachMs, isMatched: false, isOpen: true }
    if (isKnown) this.#meet(held, side, taken, results)
    // Only the first right row of a left one was asked for.
    if (taken.isMatched && side.name === 'left' && this.#plan.join.match === 'first') return
    held[side.name].push(taken)
    this.#endings[side.name].add(taken)
    this.#keys.set(key, held)
    this.#changed.add(key)
  }

  #meet(held: HeldKey, side: Side, row: HeldRow, results: (SentRow | null)[]): void {
    const { join, make } = this.#plan
    const isLeft = side.name === 'left'
    const isFirst = join.match === 'first'
    const met = held[isLeft ? 'right' : 'left'].filter((other) => {
      const [left, right] = isLeft ? [row, other] : [other, row]
      return right.at >= left.at - join.beforeMs && right.at <= left.at + join.afterMs
    })
    for (const other of isLeft && isFirst ? met.slice(0, 1) : met) {
      const [left, right] = isLeft ? [row, other] : [other, row]
      results.push(make(left, right))
      left.isMatched = true
      if (!isLeft && isFirst) letGo(held.left, left)
      if (!isLeft) this.#changed.add(row.key)
    }
  }

  /** Lets go of rows that nothing can meet any more: what came for them would be late. */
  #close(results: (SentRow | null)[]): void {
    for (;;) {
      const left = this.#endings.left.takeBefore(this.#progress.right.watermark)
      if (left === null) break
      this.#drop(left, 'left')
      if (!left.isMatched && this.#plan.join.keep === 'left') results.push(this.#plan.make(left, null))
    }
    for (;;) {
      const right = this.#endings.right.takeBefore(this.#progress.left.watermark)
      if (right === null) break
      this.#drop(right, 'right')
    }
  }

  #drop(row: HeldRow, side: SideName): void {
    const held = must(this.#keys.get(row.key), row.key)
    letGo(held[side], row)
    this.#changed.add(row.key)
  }

  changes(): readonly (readonly [key: string, bytes: Uint8Array | null])[] {
    return this.#changed.take((key, out) => this.#write(key, out))
  }

  #write(key: string, out: ByteSink): boolean {
    if (key === PROGRESS) {
      for (const side of [this.#progress.left, this.#progress.right]) side.encode(out)
      return true
    }
    const held = this.#keys.get(key)
    if (held === undefined || held.isEmpty) {
      this.#keys.delete(key)
      return false
    }
    encodeHeld(held.left, this.#plan.left.list, out)
    encodeHeld(held.right, this.#plan.right.list, out)
    return true
  }

  load(key: string, bytes: Uint8Array): void {
    const from = new ByteReader()
    from.reset(bytes, 0)
    if (key === PROGRESS) {
      for (const side of [this.#progress.left, this.#progress.right]) side.decode(from)
      return
    }
    const held = new HeldKey()
    for (const side of [this.#plan.left, this.#plan.right])
      for (const row of decodeHeld(from, side.list, key, side.reachMs)) {
        held[side.name].push(row)
        this.#endings[side.name].add(row)
      }
    this.#keys.set(key, held)
  }
}
