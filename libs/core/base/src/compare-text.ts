/** UTF-16 units in the order of the UTF-8 bytes they stand for: surrogates come after all other units. */
const inByteOrder = (unit: number): number =>
  unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit

/** Order of the texts' UTF-8 bytes, as both SQL engines sort. */
export const compareText = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return inByteOrder(x) - inByteOrder(y)
  }
  return a.length - b.length
}
