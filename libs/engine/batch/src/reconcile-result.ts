import type { Machine } from '@tidewater/plan'
import type { OffsetVector, ServedView } from '@tidewater/ports'
import { comparerOf, textsOf, type Pair } from './compare-rows.ts'

/** The first group that differs, with all that is needed to look at it again. */
export interface Difference {
  readonly view: string
  /** Which question was answered wrongly. */
  readonly asked: 'list' | 'key'
  readonly keys: Readonly<Record<string, string>>
  /** Start of its window, ms; null without window. */
  readonly window: number | null
  readonly offsets: OffsetVector
  readonly asOf: number
  readonly serving: Readonly<Record<string, string>> | null
  readonly archive: Readonly<Record<string, string>> | null
}

export interface ReconcileResult {
  /** Answers compared: every key of every window of every view in lists, and again by key where a key can be asked for. */
  readonly checked: number
  readonly mismatched: number
  /** In the archive and not served. */
  readonly missing: number
  /** Served and not in the archive. */
  readonly extra: number
  readonly first: Difference | null
  /** Views that do not hold their whole history yet (C5) and are flagged so in every answer: not compared. */
  readonly building: readonly string[]
}

/** Counts what is compared. */
export interface Tally {
  /** Of one answer: how it was asked for, and at which offsets and instant it is exact. */
  add(
    machine: Machine,
    answer: Pick<ServedView, 'offsets' | 'asOf' | 'degraded'>,
    asked: Difference['asked'],
    pairs: Iterable<Pair>,
  ): void
  leaveOut(machine: Machine): void
  result(): ReconcileResult
}

export const createTally = (): Tally => {
  const found = { checked: 0, mismatched: 0, missing: 0, extra: 0 }
  const building: string[] = []
  let first: Difference | null = null
  return {
    add: (machine, answer, asked, pairs) => {
      const isSame = comparerOf(machine, answer)
      for (const { served, archived } of pairs) {
        found.checked++
        if (served === null) found.missing++
        else if (archived === null) found.extra++
        else if (isSame(served, archived)) continue
        else found.mismatched++
        first ??= differenceOf(machine, answer, asked, { served, archived })
      }
    },
    leaveOut: ({ view }) => void building.push(view.name),
    result: () => ({ ...found, first, building: [...building] }),
  }
}

const differenceOf = (
  { view }: Machine,
  { offsets, asOf }: Pick<ServedView, 'offsets' | 'asOf'>,
  asked: Difference['asked'],
  { served, archived }: Pair,
): Difference => ({
  view: view.name,
  asked,
  keys: textsOf((served ?? archived)?.keys ?? {}),
  window: (served ?? archived)?.start ?? null,
  offsets,
  asOf,
  serving: served === null ? null : textsOf(served.measures),
  archive: archived === null ? null : textsOf(archived.measures),
})
