/** A plausible slip: one line of the product as somebody might have written it. */
export interface Change {
  /** Short name, for `npm run mutate -- NAME`. */
  readonly name: string
  readonly file: string
  /** Stands exactly once in the file. */
  readonly find: string
  readonly replace: string
  /** The test file that fails with it: asked first. Absent: no unit test does, only the simulation or parity. */
  readonly test?: string
}
