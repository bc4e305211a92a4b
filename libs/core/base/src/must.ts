/** The value, or a thrown Error when it is missing: for what the program itself guarantees, never for input. */
export const must = <T>(value: T | null | undefined, what: string): T => {
  if (value === null || value === undefined) throw new Error(`missing ${what}`)
  return value
}
