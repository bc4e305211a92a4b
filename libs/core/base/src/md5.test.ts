import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { md5Prefix } from './md5.ts'

const expected = (text: string): number =>
  Number.parseInt(createHash('md5').update(text, 'utf8').digest('hex').slice(0, 12), 16)

it('is the prefix of the MD5 of any text, whatever its length', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      (text) => md5Prefix(text) === expected(text),
    ),
  )
  for (const length of [0, 1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 128, 10_000])
    expect(md5Prefix('x'.repeat(length))).toBe(expected('x'.repeat(length)))
})
