import type { SlotRow } from '@tidewater/plan'
import type { GenerationCut, GenerationRecord, ReconcileNote } from './lake.ts'

/** What a generation is made of: decided before any engine starts. */
export interface GenerationPlan {
  readonly number: number
  readonly id: string
  readonly builtAt: number
  readonly cuts: readonly GenerationCut[]
  /** Names of the views it is to hold: all, or of one that is built again those that are defined now as they were for it. */
  readonly views: readonly string[]
  /** Absolute paths of the Parquet files that hold every archived row below the cuts (and maybe some beyond), by event name. */
  readonly files: ReadonlyMap<string, readonly string[]>
  /** What raw tables must hold before they can be used: all rows of the entries that start below the cut. */
  readonly archived: readonly { readonly topic: string; readonly partition: number; readonly rows: number }[]
  /** Generations before this one, oldest first, and what reconciling found. */
  readonly earlier: readonly GenerationRecord[]
  readonly notes: ReadonlyMap<string, ReconcileNote>
  /** Null: everything is made of all records. */
  readonly step: GenerationStep | null
}

/**
 * What a generation may go on from: the state of an earlier one, to which the records between both cuts are added. An engine that
 * lacks that state, or some of it, makes those views of all records.
 */
export interface GenerationStep {
  readonly id: string
  readonly cuts: readonly GenerationCut[]
  /** Names of the views that it holds by the same definition. */
  readonly views: readonly string[]
  /** Files, of `GenerationPlan.files`, with records between the cuts, by the name of each event that such a view is of. */
  readonly added: ReadonlyMap<string, readonly string[]>
  /** Files with earlier records that those may be copies of. */
  readonly near: ReadonlyMap<string, readonly string[]>
}

/** The number in a generation's id: 12 of 'g12-x7f3'. */
export const numberOfGeneration = (id: string): number => Number(/^g(\d+)/.exec(id)?.[1] ?? 0)

export interface BuiltView {
  readonly view: string
  /** Rows of its slots table: equal in every engine. */
  readonly slots: number
  /** Rows below the cuts that are in no group of it, for want of a key (A4); null: not counted. */
  readonly keyless: number | null
}

/** One SQL engine that recomputes every view from the archive and shows the result to analysts. */
export interface Warehouse {
  readonly name: 'duckdb' | 'clickhouse'
  /**
   * Computes the plan's views over the rows below the cuts, of all of them or as a step, under names that carry the generation's id; nobody sees it yet.
   * Rejects without harm: what is left behind is swept by `retire`. What it holds whole already it does not build again.
   */
  build(plan: GenerationPlan, progress: (fraction: number) => void): Promise<readonly BuiltView[]>
  /** True when this engine still holds the slots of these views in a generation. */
  holds(id: string, views: readonly string[]): Promise<boolean>
  /** State rows of one partition of a view, groups together (ordered by bucket and keys), in chunks. */
  slots(id: string, view: string, partition: number): AsyncIterable<readonly SlotRow[]>
  /** Makes a durable generation what analysts see (null: there is none yet). Sent twice it changes nothing. */
  publish(generation: GenerationRecord | null): Promise<void>
  /** Shows what reconciling has found, where that can still be added. */
  showNotes(): Promise<void>
  /** Drops everything of generations not named, and what died half-way; answers how much. */
  retire(kept: readonly string[]): Promise<number>
  close(): Promise<void>
}
