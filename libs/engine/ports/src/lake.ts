import type { TopicPartition } from './event-log.ts'
import type { Tally } from './tally.ts'

/** What a writer says of a finished range; the lake adds where it put the file. */
export interface NewLakeEntry extends TopicPartition {
  readonly from: number
  readonly next: number
  /** 0: written by the archive. n: rewritten from whole entries of lower levels. Each level is a chain of its own, so wide entries nest. */
  readonly level: number
  /** Valid rows in the file (duplicates included: `_dup` is decided by readers). Offsets without a row count as covered. */
  readonly rows: number
  readonly dead: number
  /** Offsets the log never gave a record for: marks of transactions, aborted records. */
  readonly absent: number
  /** Offsets that retention deleted before they were archived: lost for good. rows + dead + absent + missed = next - from. */
  readonly missed: number
  /** Prefix maximum of append time up to and including this entry, ms. */
  readonly lastAppended: number
  /** Highest event time among the rows, ms; null when rows is 0. */
  readonly maxEventTime: number | null
}

/** A half-open range of offsets whose accepted rows are in one Parquet file. Entries of a partition tile without gap or overlap (L6). */
export interface LakeEntry extends NewLakeEntry {
  /** Path below the lake's root; null when rows is 0. */
  readonly file: string | null
  readonly bytes: number
  readonly sha256: string | null
}

/** Where a generation ends on one partition. Generations of earlier versions say the offset alone. */
export interface GenerationCut extends TopicPartition {
  /** Exclusive end offset of the batch part. */
  readonly cut: number
  /** A key at home here may have records below the cuts of other partitions; absent: nobody looked. */
  readonly strayed?: boolean
  /**
   * No event below the cut is newer, ms; null: there is none. A topic's highest one is what tiles were dropped by, so moments more
   * than an hour before it are asked of the archive.
   */
  readonly newest?: number | null
  /** What became of the records below the cut; absent: the speed layer had no count of exactly these. */
  readonly tally?: Tally
  /** Records below the cut that retention deleted before they were archived; absent: none. */
  readonly missed?: number
}

/** A finished recompute: durable before any store points to it (semantics C4). */
export interface GenerationRecord {
  readonly number: number
  /** number + nonce: 'g12-x7f3…'. Staging names carry it. */
  readonly id: string
  readonly builtAt: number
  readonly cuts: readonly GenerationCut[]
  /** View name → fingerprint held by this generation. */
  readonly fingerprints: Readonly<Record<string, string>>
  /** View name → rows below the cuts that are in no group of it, for want of a key (A4); without those that leave out none. */
  readonly keyless?: Readonly<Record<string, number>>
  /** Path of the published DuckDB file below the published directory; null when only ClickHouse was used. */
  readonly duckdbFile: string | null
  /** True when ClickHouse holds this generation's slots tables. */
  readonly clickhouse: boolean
  /** Id of the generation whose state it went on from; null (or absent, of before there were such): made of all records. */
  readonly from?: string | null
  /** Lake files the published DuckDB file names: kept as long as it is. */
  readonly files: readonly string[]
}

/** What was found when a generation was read back through serving and compared with the archive (semantics Q2). */
export interface ReconcileNote {
  readonly checked: number
  readonly mismatched: number
  readonly at: number
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
  /** Moves the temporary file in (fsync, rename) and creates the manifest entry exclusively; 'lost' when another was first (its file is deleted). Throws when its counts do not make up its range. */
  add(entry: NewLakeEntry, temporaryFile: string | null): Promise<'added' | 'lost'>
  /** True when an entry's file still has the size and sha256 of its manifest. */
  intact(entry: LakeEntry): Promise<boolean>
  /** Removes files and entries covered by wider ones, unless `inUse` names them. */
  retire(topic: string, inUse: (file: string) => boolean): Promise<number>
  generations(): Promise<readonly GenerationRecord[]>
  /** 'lost' when another generation has this number. */
  addGeneration(record: GenerationRecord): Promise<'added' | 'lost'>
  removeGeneration(id: string): Promise<void>
  /** Keeps the result of a reconcile beside its generation; the last one counts. */
  noteReconcile(id: string, note: ReconcileNote): Promise<void>
  reconcileNotes(): Promise<ReadonlyMap<string, ReconcileNote>>
}
