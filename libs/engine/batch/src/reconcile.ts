import type { Value } from '@tidewater/expr'
import type { Machine } from '@tidewater/plan'
import type { JobProgress, OffsetVector, ServedRow, ServedView, ServingReader } from '@tidewater/ports'

/** Recomputes a view by SQL over the archive's rows below `offsets`, presented as of one instant. */
export interface ArchivePresenter {
  present(view: string, offsets: OffsetVector, asOf: number): Promise<readonly ServedRow[]>
}

export interface ReconcilePorts {
  readonly serving: ServingReader
  readonly archive: ArchivePresenter
  /** Resolves when the archive covers the offsets. */
  readonly covered: (offsets: OffsetVector) => Promise<void>
}

/** The first group that differs, with all that is needed to look at it again. */
export interface Difference {
  readonly view: string
  readonly keys: Readonly<Record<string, string>>
  /** Start of its window, ms; null without window. */
  readonly window: number | null
  readonly offsets: OffsetVector
  readonly asOf: number
  readonly serving: Readonly<Record<string, string>> | null
  readonly archive: Readonly<Record<string, string>> | null
}

export interface ReconcileResult {
  /** Groups compared: every key of every window of every view. */
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

/**
 * Reads every group of every view through serving and recomputes it from the archive at the very offsets and instant of
 * that answer (semantics Q2): batch ⊕ speed against one SQL statement over history. The goal is 0, always.
 */
export const reconcile = async (
  ports: ReconcilePorts,
  machines: readonly Machine[],
  progress: (p: JobProgress) => void,
): Promise<ReconcileResult> => {
  let total: ReconcileResult = { checked: 0, mismatched: 0, missing: 0, extra: 0, first: null, building: [] }
  for (const [index, machine] of machines.entries()) {
    progress({ step: `reconcile ${machine.view.name}`, fraction: index / machines.length })
    const served = await ports.serving.readAll(machine.view.name)
    if (served.degraded.includes('building')) {
      total = { ...total, building: [...total.building, machine.view.name] }
      continue
    }
    await ports.covered(served.offsets)
    const archived = await ports.archive.present(machine.view.name, served.offsets, served.asOf)
    total = plus(total, compareView(machine, served, archived))
  }
  return total
}

const plus = (a: ReconcileResult, b: ReconcileResult): ReconcileResult => ({
  checked: a.checked + b.checked,
  mismatched: a.mismatched + b.mismatched,
  missing: a.missing + b.missing,
  extra: a.extra + b.extra,
  first: a.first ?? b.first,
  building: [...a.building, ...b.building],
})

/** Compares all groups of one view; floats to 1e-9 of their size, everything else exactly. */
export const compareView = (
  machine: Machine,
  served: ServedView,
  archived: readonly ServedRow[],
): ReconcileResult => {
  const differenceOf = (one: ServedRow | null, other: ServedRow | null): Difference => ({
    view: machine.view.name,
    keys: texts((one ?? other)?.keys ?? {}),
    window: (one ?? other)?.start ?? null,
    offsets: served.offsets,
    asOf: served.asOf,
    serving: one === null ? null : texts(one.measures),
    archive: other === null ? null : texts(other.measures),
  })
  const kinds = new Map(machine.view.measures.map(({ name, expr }) => [name, expr.type.kind]))
  const incomplete = new Set(
    served.degraded.flatMap((name) => (name.startsWith('distinct:') ? [name.slice('distinct:'.length)] : [])),
  )
  const same = (one: ServedRow, other: ServedRow): boolean =>
    [...kinds].every(([name, kind]) => {
      const [a, b] = [one.measures[name] ?? null, other.measures[name] ?? null]
      // More distinct values than are kept: serving says so and answers null.
      return (incomplete.has(name) && a === null) || equal(a, b, kind === 'number' ? 'near' : 'exact')
    })
  const rest = new Map(archived.map((row) => [nameOf(row), row]))
  const found = { checked: 0, mismatched: 0, missing: 0, extra: 0 }
  let first: Difference | null = null
  for (const row of served.rows) {
    const other = rest.get(nameOf(row))
    rest.delete(nameOf(row))
    found.checked++
    if (other === undefined) found.extra++
    else if (!same(row, other)) found.mismatched++
    else continue
    first ??= differenceOf(row, other ?? null)
  }
  for (const row of rest.values()) {
    found.checked++
    found.missing++
    first ??= differenceOf(null, row)
  }
  return { ...found, first, building: [] }
}

const nameOf = ({ keys, start }: ServedRow): string =>
  JSON.stringify([
    start,
    ...Object.entries(keys)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, value]) => text(value)),
  ])

const equal = (a: Value, b: Value, how: 'near' | 'exact'): boolean => {
  if (a === b) return true
  if (typeof a === 'bigint' || typeof b === 'bigint') return a !== null && b !== null && text(a) === text(b)
  if (how === 'exact' || typeof a !== 'number' || typeof b !== 'number') return false
  return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b))
}

const text = (value: Value): string =>
  value === null ? 'null' : `${typeof value === 'string' ? 's' : ''}${String(value)}`
const texts = (row: Readonly<Record<string, Value>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value === null ? 'null' : String(value)]),
  )
