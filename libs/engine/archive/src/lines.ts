/** Text of one piece before it becomes bytes: large enough to be cheap, small enough to be exact about what is held. */
const PIECE_CHARACTERS = 32_768

const encoder = new TextEncoder()

/** Lines of NDJSON, kept as bytes outside the JavaScript heap: a line as a text of its own takes three times its length. */
export class Lines {
  readonly #pieces: Uint8Array[] = []
  #text = ''
  #bytes = 0

  add(line: string): void {
    this.#text += line
    if (this.#text.length >= PIECE_CHARACTERS) this.#seal()
  }

  /** Held, as near as it matters. */
  get bytes(): number {
    return this.#bytes + this.#text.length
  }

  /** Pieces of whole lines, in order. */
  pieces(): readonly Uint8Array[] {
    this.#seal()
    return this.#pieces
  }

  #seal(): void {
    if (this.#text === '') return
    const piece = encoder.encode(this.#text)
    this.#pieces.push(piece)
    this.#bytes += piece.length
    this.#text = ''
  }
}
