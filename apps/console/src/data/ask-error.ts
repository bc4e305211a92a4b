/** An error as GraphQL hands it over. */
export interface Refusal {
  readonly message: string
  readonly extensions?: { readonly code?: string; readonly cure?: string; readonly path?: string }
}

/** Why there is no answer, in a sentence, with what to do about it. */
export class AskError extends Error {
  readonly code: string
  readonly cure: string | null

  constructor(code: string, message: string, cure: string | null = null) {
    super(message)
    this.name = 'AskError'
    this.code = code
    this.cure = cure
  }

  static of({ message, extensions }: Refusal): AskError {
    return new AskError(extensions?.code ?? 'BAD_INPUT', message, extensions?.cure ?? null)
  }
}
