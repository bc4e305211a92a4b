/** True for what the broker or the line to it does; anything else thrown is a fault of the program. */
export const isKafkaError = (error: unknown): error is Error =>
  error instanceof Error && (error.name.startsWith('KafkaJS') || ('code' in error && 'syscall' in error))

/** For a goodbye: that it did not arrive changes nothing, the broker forgets a client that is silent. */
export const ignoreUnheard = (error: unknown): void => {
  if (!isKafkaError(error)) throw error
}
