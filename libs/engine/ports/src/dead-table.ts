/** One record of a dead-letter topic, as SQL has it. */
export interface DeadRow {
  readonly event: string
  /** Its offset in the dead-letter topic. */
  readonly record: number
  /** ms */
  readonly appendedAt: number
  /** 'topic/partition/offset' or 'file:line'. */
  readonly id: string
  /** Null: a letter. Else the letter of this id was retried, and its record has this offset in the event's topic. */
  readonly retried: number | null
  readonly partition: number | null
  readonly offset: number | null
  readonly reason: string
  readonly kind: string
  readonly key: string | null
  readonly value: string
  readonly headers: Readonly<Record<string, string>>
  readonly truncated: string | null
}

/** `tidewater_dead` of a SQL warehouse (ClickHouse): every letter once. */
export interface DeadTable {
  /** Creates what is missing. */
  prepare(): Promise<void>
  /** One past the newest record of an event that is held; 0 when there is none. */
  next(event: string): Promise<number>
  /** Adding a record again changes nothing. */
  add(rows: readonly DeadRow[]): Promise<void>
}
