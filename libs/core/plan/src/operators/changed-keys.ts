import type { ByteSink } from '@tidewater/base'

/** The key of an operator's progress; those of rows begin with '='. */
export const PROGRESS = ''

/** The keys of an operator whose bytes are no longer as they are stored. */
export class ChangedKeys {
  readonly #keys = new Set<string>()

  add(key: string): void {
    this.#keys.add(key)
  }

  /** Each with its bytes as `write` appends them; null where it answers false, for nothing is left of the key. None is changed then. */
  take(
    write: (key: string, out: ByteSink) => boolean,
  ): readonly (readonly [key: string, bytes: Uint8Array | null])[] {
    const all = [...this.#keys].map((key) => {
      const out = { bytes: new Uint8Array(64), length: 0 }
      return [key, write(key, out) ? out.bytes.slice(0, out.length) : null] as const
    })
    this.#keys.clear()
    return all
  }
}
