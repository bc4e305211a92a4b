/** A promise settled from outside, whose rejection nobody need await. */
export interface Settled {
  readonly promise: Promise<void>
  resolve(): void
  reject(cause: unknown): void
}

export const settled = (): Settled => {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  // whoever waits for it hears the cause; nobody has to
  promise.catch(() => undefined)
  return { promise, resolve, reject }
}
