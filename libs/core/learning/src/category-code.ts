/**
 * The number that stands for a category: FNV-1a over its UTF-16 code units, 32 bits. Two categories share a code with a
 * probability of 2⁻³²; learners that hash codes into fewer places state their own.
 */
export const categoryCode = (text: string): number => {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return h >>> 0
}
