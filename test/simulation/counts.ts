/** What happened, by kind. */
export class Counts {
  readonly #counts = new Map<string, number>()

  add(name: string, n = 1): void {
    if (n !== 0) this.#counts.set(name, (this.#counts.get(name) ?? 0) + n)
  }

  of(name: string): number {
    return this.#counts.get(name) ?? 0
  }

  all(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)))
  }
}
