/** A statement of a script, or a question whose answer, one integer, stands in later ones where `answerTo` its name is. */
export type Statement = string | { readonly name: string; readonly ask: string }

/** Stands for the answer to a question asked before, `NULL` without one. No literal has a zero byte. */
export const answerTo = (name: string): string => `\0${name}\0`

/** One step of a script, and the share of the whole that is done with it. */
export interface ScriptStep {
  readonly statement: Statement
  readonly done: number
}

/** Statements for one database file, run in order on one connection. */
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
