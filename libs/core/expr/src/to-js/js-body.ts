/**
 * Source text of a function under construction: statements in order, and the run-time values it closes over.
 * Names are short and unique within one body; equal expressions are computed once.
 */
export class JsBody {
  readonly lines: string[] = []
  private readonly bound = new Map<unknown, string>()
  private readonly values: unknown[] = []
  private readonly known = new Map<string, string>()
  private next = 0

  /** The name by which the source reaches a run-time value. */
  constant(value: unknown): string {
    const found = this.bound.get(value)
    if (found !== undefined) return found
    const name = `$${this.values.length}`
    this.values.push(value)
    this.bound.set(value, name)
    return name
  }

  fresh(): string {
    return `t${this.next++}`
  }

  push(...lines: readonly string[]): void {
    this.lines.push(...lines)
  }

  /** Declares the value of an expression and answers its name; the same text is declared once. */
  declare(source: string): string {
    const found = this.known.get(source)
    if (found !== undefined) return found
    const name = this.fresh()
    this.lines.push(`const ${name} = ${source};`)
    this.known.set(source, name)
    return name
  }

  /** A body for another function over the same constants. */
  sibling(): JsBody {
    const other = new JsBody()
    Object.assign(other, { bound: this.bound, values: this.values })
    return other
  }

  /** Runs `source` (which must end in a `return`) with all constants in reach. */
  build<T>(source: string): T {
    const names = this.values.map((_, n) => `$${n}`)
    return new Function(...names, `"use strict";\n${source}`)(...this.values) as T
  }
}
