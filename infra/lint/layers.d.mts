/** Layer -> layers it may import. */
export const allowed: Readonly<Record<string, readonly string[]>>
/** npm client -> the only directories that may import it. */
export const clientHomes: Readonly<Record<string, readonly string[]>>
