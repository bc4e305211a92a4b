import type { Catalog } from 'tidewater'

/** A platform that is ready, however it is composed. */
export interface Platform {
  /** Of the HTTP server. */
  readonly url: string
  readonly catalog: Catalog
  /** What it runs on, for the banner: 'Kafka 4.1 :19092', 'in memory: nothing survives Ctrl-C'. */
  readonly servers: readonly string[]
  /** ClickHouse over HTTP; null: there is none. */
  readonly clickhouseUrl: string | null
  /** The published DuckDB file; null: there is none. */
  readonly duckdbFile: string | null
  /** Directory of what survives a stop, for the banner; null: nothing does. */
  readonly keptIn: string | null
  /** Pipelines whose believable events are sent. */
  readonly traffic: readonly string[]
  stop(): Promise<void>
}

/** What `npm start` was asked for. */
export interface StartOptions {
  /** Absolute directory of everything this platform keeps. */
  readonly dataDir: string
  /** Port of the HTTP server; null: 4000 or the next free one. */
  readonly port: number | null
  /** Whether believable events are sent. */
  readonly traffic: boolean
  /** Absolute directories of further definitions. */
  readonly pipelines: readonly string[]
  /** Whether the built-in definitions are left out. */
  readonly only: boolean
}
