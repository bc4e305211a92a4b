import { describe, expect, it } from 'vitest'
import { matchesJson, matchesText } from './expected.ts'

describe('what a page shows', () => {
  it('is compared word for word, but for …', () => {
    expect(matchesText('60 rows in … s: 60 new', '60 rows in 0.4 s: 60 new\n')).toBe(true)
    expect(matchesText('60 rows in … s: 60 new', '60 rows in 0.4 s: 59 new\n')).toBe(false)
    expect(matchesText('first\n…\nlast', 'first\n2\n3\nlast')).toBe(true)
    expect(matchesText('first\n…\nlast', 'first\nlast')).toBe(true)
    expect(matchesText('first\n…\nlast', 'first\n2\n3\nlast\nmore')).toBe(false)
    expect(matchesText('a (b) | c', 'a b | c')).toBe(false)
  })

  it('is compared as JSON with every key', () => {
    expect(matchesJson({ a: 1, b: ['…', 2] }, { a: 1, b: [{ any: 'thing' }, 2] })).toBe(true)
    expect(matchesJson({ a: 1 }, { a: 1, b: 2 })).toBe(false)
    expect(matchesJson({ a: 'g…' }, { a: 'g12' })).toBe(true)
    expect(matchesJson({ a: 1 }, { a: '1' })).toBe(false)
    expect(matchesJson([1], [1, 2])).toBe(false)
  })
})
