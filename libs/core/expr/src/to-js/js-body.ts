/**
 * Source text of a function under construction: statements in order, and the run-time values it closes over.
 * Names are short and unique within one body; equal expressions are computed once.
 */
export class JsBody {
  readonly lines: string[] = []
  private readonly bound = new Map<unknown, string>()
  private readonly names = new Set<string>()
  private readonly known = new Map<string, string>()
  private next = 0

  /** The name by which the source reaches a run-time value. */
  constant(value: unknown): string {
    const found = this.bound.get(value)
    if (found !== undefined) return found
    // A function keeps its own name, so the source can be read; the number keeps two of one name apart.
    const own = typeof value === 'function' && /^\w+$/.test(value.name) ? value.name : ''
    const name = `$${own}${own !== '' && !this.names.has(`$${own}`) ? '' : this.bound.size}`
    this.names.add(name)
    this.bound.set(value, name)
    return name
  }

  /** What the source reaches, by name. */
  get constants(): ReadonlyMap<string, unknown> {
    return new Map([...this.bound].map(([value, name]) => [name, value]))
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
    Object.assign(other, { bound: this.bound, names: this.names })
    return other
  }

  /**
   * Runs `source` (which must end in a `return`) with all constants in reach. Stack traces and profilers know it by the name of
   * its file, such as 'SalesByProduct.add'.
   */
  build<T>(source: string, file?: string): T {
    const url = file === undefined ? '' : `\n//# sourceURL=tidewater/${file}.js`
    return new Function(...this.bound.values(), `"use strict";\n${source}${url}`)(...this.bound.keys()) as T
  }
}
