/** What a running process says of itself; forgotten `ttlMs` after its last word. */
export interface WorkerInfo {
  readonly name: string
  readonly role: 'ingest' | 'speed' | 'archive' | 'batch' | 'serving'
  readonly pid: number
  readonly startedAt: number
  /** 'topic:partition' now owned. */
  readonly partitions: readonly string[]
  /** Monotone counts by metric name, e.g. events_applied, events_duplicate, events_dead, commits_fenced. */
  readonly counters: Readonly<Record<string, number>>
  /** What stands still or is about to be lost, as sentences with their cure; none: all is well. */
  readonly troubles?: readonly string[]
}

export interface WorkerRegistry {
  announce(worker: WorkerInfo, ttlMs: number): Promise<void>
  leave(name: string): Promise<void>
  workers(): Promise<readonly WorkerInfo[]>
}
