import { ByteReader, must } from '@tidewater/base'
import type { ByteSink } from '@tidewater/base'
import { MOST_ROWS, operatorFingerprint } from 'tidewater'
import type { Catalog, PatternDefinition } from 'tidewater'
import type { Row } from '../machine-types.ts'
import type { Operator, OperatorPlace, OperatorState } from '../operator-types.ts'
import type { SentRow } from '../sent-rows.ts'
import { ChangedKeys, PROGRESS } from './changed-keys.ts'
import { Deadlines } from './deadlines.ts'
import { patternPlan } from './pattern-plan.ts'
import type { PatternPlan } from './pattern-plan.ts'
import { decodeKept, encodeKept } from './pattern-rows.ts'
import type { KeptRow } from './pattern-rows.ts'
import { Run } from './pattern-run.ts'
import { Progress } from './progress.ts'

/** Raised when the stored bytes come to mean something else. */
const FORM = 1

/** A pattern over the log of its source. `mostRows`: that are kept of a key. */
export const compilePattern = (
  pattern: PatternDefinition,
  catalog: Catalog,
  mostRows = MOST_ROWS,
): Operator => {
  const plan = patternPlan(pattern, catalog, mostRows)
  return {
    name: pattern.name,
    fingerprint: operatorFingerprint(pattern, catalog, FORM),
    open: () => new PatternState(plan),
  }
}

/** A sequence, and the key it is of. */
class KeyRun extends Run {
  readonly key: string

  constructor(key: string, plan: PatternPlan, start: KeptRow) {
    super(plan.pattern.parts, start, plan.pattern.withinMs)
    this.key = key
  }
}

/** A key's rows from the start of its oldest sequence on, and the sequences that may yet be complete, both in the log's order. */
interface Kept {
  rows: KeptRow[]
  runs: KeyRun[]
}

class PatternState implements OperatorState {
  late = 0
  crowded = 0
  readonly #plan: PatternPlan
  readonly #keys = new Map<string, Kept>()
  readonly #changed = new ChangedKeys()
  readonly #progress: Progress
  readonly #endings = new Deadlines<KeyRun>()
  /** Keys whose sequences are not yet followed anew. */
  #loaded: string[] = []

  constructor(plan: PatternPlan) {
    this.#plan = plan
    this.#progress = new Progress(plan.latenessMs)
  }

  step(row: Row, { offset, appendedAt }: OperatorPlace): readonly SentRow[] {
    this.#resume()
    const at = row[this.#plan.pattern.time] as number
    const isLate = at < this.#progress.watermark
    // The order of the log is the order of the rows, so the log as a whole moves on, wherever they come from.
    this.#progress.note(at, appendedAt, 0, 1)
    this.#progress.advance(appendedAt)
    this.#changed.add(PROGRESS)
    const results: (SentRow | null)[] = []
    const kept = this.#plan.keep(row, at, offset)
    const key = this.#plan.keyOf(row)
    if (kept !== null && key !== null) {
      if (isLate) this.late++
      else this.#take(key, kept, results)
    }
    this.#close(results)
    return results.filter((result) => result !== null)
  }

  #take(key: string, row: KeptRow, results: (SentRow | null)[]): void {
    const kept = this.#keys.get(key) ?? { rows: [], runs: [] }
    const begins = (row.parts & 1) === 1
    if (kept.runs.length === 0 && !begins) return
    kept.rows.push(row)
    for (const run of kept.runs) run.take(row)
    this.#changed.add(key)
    const complete = kept.runs.find((run) => run.isComplete)
    if (complete !== undefined) {
      results.push(this.#plan.make(key, complete, row.at))
      this.#forget(key, kept, Infinity)
      return
    }
    if (begins) this.#begin(key, kept, row)
    this.#keys.set(key, kept)
    trim(kept)
    while (kept.rows.length > this.#plan.mostRows) {
      ;(kept.runs[0] as KeyRun).isOpen = false
      this.crowded++
      trim(kept)
    }
  }

  #begin(key: string, kept: Kept, start: KeptRow): KeyRun {
    const run = new KeyRun(key, this.#plan, start)
    kept.runs.push(run)
    this.#endings.add(run)
    return run
  }

  /** Ends the sequences whose time is over: with nothing of what must not come, they are complete. */
  #close(results: (SentRow | null)[]): void {
    for (;;) {
      const run = this.#endings.takeBefore(this.#progress.watermark)
      if (run === null) return
      const kept = must(this.#keys.get(run.key), run.key)
      this.#changed.add(run.key)
      run.isOpen = false
      if (!run.isUnlessMore) trim(kept)
      else {
        results.push(this.#plan.make(run.key, run, run.deadline))
        this.#forget(run.key, kept, run.deadline)
      }
    }
  }

  /** No row of a match is part of another: those up to its end are forgotten. */
  #forget(key: string, kept: Kept, until: number): void {
    for (const run of kept.runs) if (run.start.at <= until) run.isOpen = false
    kept.rows = kept.rows.filter(({ at }) => at > until)
    trim(kept)
    this.#keys.set(key, kept)
  }

  changes(): readonly (readonly [key: string, bytes: Uint8Array | null])[] {
    return this.#changed.take((key, out) => this.#write(key, out))
  }

  #write(key: string, out: ByteSink): boolean {
    if (key === PROGRESS) {
      this.#progress.encode(out)
      return true
    }
    const rows = this.#keys.get(key)?.rows ?? []
    if (rows.length === 0) {
      this.#keys.delete(key)
      return false
    }
    encodeKept(rows, this.#plan.list, this.#plan.texts, out)
    return true
  }

  load(key: string, bytes: Uint8Array): void {
    const from = new ByteReader()
    from.reset(bytes, 0)
    if (key === PROGRESS) this.#progress.decode(from)
    else {
      this.#keys.set(key, { rows: decodeKept(from, this.#plan.list, this.#plan.texts), runs: [] })
      this.#loaded.push(key)
    }
  }

  /** Follows the stored rows again, once it is known which sequences are over. */
  #resume(): void {
    for (const key of this.#loaded) {
      const kept = must(this.#keys.get(key), key)
      kept.rows.forEach((start, n) => {
        if ((start.parts & 1) === 0 || start.at + this.#plan.pattern.withinMs < this.#progress.watermark)
          return
        const run = this.#begin(key, kept, start)
        for (const row of kept.rows.slice(n + 1)) run.take(row)
      })
      kept.runs = kept.runs.filter((run) => run.isOpen)
    }
    this.#loaded = []
  }
}

/** Lets go of sequences that are over, and of the rows before the first that is not. */
const trim = (kept: Kept): void => {
  if (kept.runs.some((run) => !run.isOpen)) kept.runs = kept.runs.filter((run) => run.isOpen)
  const start = kept.runs[0]?.start
  const first = start === undefined ? kept.rows.length : kept.rows.indexOf(start)
  if (first > 0) kept.rows = kept.rows.slice(first)
}
