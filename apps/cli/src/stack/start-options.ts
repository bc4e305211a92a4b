/** What `npm start` was asked for. */
export interface StartOptions {
  /** Absolute directory of everything this platform keeps. */
  readonly dataDir: string
  /** Port of the HTTP server; null: 4000 or the next free one. */
  readonly port: number | null
  /** Whether believable visitors send events. */
  readonly traffic: boolean
  /** Absolute directories of further definitions. */
  readonly pipelines: readonly string[]
  /** Whether the built-in definitions are left out. */
  readonly only: boolean
}
