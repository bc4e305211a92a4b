/** One step of a script: a statement, and the share of the whole that is done with it. */
export interface ScriptStep {
  readonly sql: string
  readonly done: number
}

/** Statements for one new database file, run in order on one connection. */
export interface Script {
  readonly path: string
  readonly threads: number | null
  readonly memoryLimit: string | null
  readonly tempDirectory: string
  readonly steps: readonly ScriptStep[]
}

export type ScriptMessage =
  | { readonly kind: 'done'; readonly fraction: number }
  | { readonly kind: 'finished' }
  | { readonly kind: 'failed'; readonly message: string }
