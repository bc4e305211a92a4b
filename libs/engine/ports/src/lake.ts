import type { TopicPartition } from './event-log.ts'

/** A half-open range of offsets whose accepted rows are in one Parquet file. Entries of a partition tile without gap or overlap (L6). */
export interface LakeEntry extends TopicPartition {
  readonly from: number
  readonly next: number
  /** Valid rows in the file (duplicates included: `_dup` is decided by readers). Offsets without a row count as covered. */
  readonly rows: number
  readonly dead: number
  /** Path below the lake's root; null when rows is 0. */
  readonly file: string | null
  readonly bytes: number
  readonly sha256: string | null
  /** Prefix maximum of append time up to and including this entry, ms. */
  readonly lastAppended: number
}

/** A finished recompute: durable before any store points to it (semantics C4). */
export interface GenerationRecord {
  readonly number: number
  /** number + nonce: 'g12-x7f3…'. Staging names carry it. */
  readonly id: string
  readonly builtAt: number
  readonly cuts: readonly { readonly topic: string; readonly partition: number; readonly cut: number }[]
  /** View name → fingerprint held by this generation. */
  readonly fingerprints: Readonly<Record<string, string>>
  /** Path of the published DuckDB file below the published directory; null when only ClickHouse was used. */
  readonly duckdbFile: string | null
}

/** The immutable archive's files and manifest. */
export interface Lake {
  /** Absolute path of a file named by an entry. */
  path(file: string): string
  /** A new path to write to on the same volume; swept at start if left behind. */
  temporary(): string
  /** Tiling, widest entries, ordered by partition and offset. */
  entries(topic: string): Promise<readonly LakeEntry[]>
  /** Offset up to which a partition is archived. */
  next(place: TopicPartition): Promise<number>
  /** Moves the temporary file in (fsync, rename) and creates the manifest entry exclusively; 'lost' when another was first (its file is deleted). */
  add(entry: LakeEntry, temporaryFile: string | null): Promise<'added' | 'lost'>
  /** Removes files and entries covered by wider ones, unless `inUse` names them. */
  retire(topic: string, inUse: (file: string) => boolean): Promise<number>
  generations(): Promise<readonly GenerationRecord[]>
  addGeneration(record: GenerationRecord): Promise<'added' | 'lost'>
  removeGeneration(id: string): Promise<void>
}
