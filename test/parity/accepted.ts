/** A definition that the language accepts. A combination it refuses (too many digits, mostly) is thrown away and another is made. */
export function accepted<T>(name: string, make: () => T): T {
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      return make()
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error)) throw error
    }
  }
  throw new Error(`${name}: 200 definitions were refused`)
}
