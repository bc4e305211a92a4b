import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitBody } from './split-body.ts'

const split = (text: string): string[] =>
  splitBody(new TextEncoder().encode(text)).map((piece) => new TextDecoder().decode(piece))

describe('a body is cut into', () => {
  it.each([
    ['one object, also over several lines', '{\n "a": "}\\"]"\n}\n', ['{\n "a": "}\\"]"\n}']],
    ['the elements of an array', ' [{"a":[1,2]}, {"b":"],["} ,3]\n', ['{"a":[1,2]}', '{"b":"],["}', '3']],
    ['the lines of NDJSON', '{"a":1}\r\n\n{"b":2}\n', ['{"a":1}', '{"b":2}']],
    ['lines around a broken one', '{"a":1}\n{"b":\n{"c":3}', ['{"a":1}', '{"b":', '{"c":3}']],
    ['nothing', ' \n ', []],
    ['nothing, from an empty array', '[ ]', []],
    ['the whole records of an array that never ends, and the rest', '[{"a":1},{"b"', ['{"a":1}', '{"b"']],
    ['a piece without a record where a comma is too much', '[{"a":1},]', ['{"a":1}', '']],
    ['what follows an array', '[1] x', ['1', 'x']],
  ])('%s', (_, body, pieces) => expect(split(body)).toEqual(pieces))

  it('the same records whichever of the forms they came in', () => {
    const records = fc.array(
      fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.array(fc.string()))),
      { minLength: 1 },
    )
    fc.assert(
      fc.property(records, (given) => {
        const lines = given.map((record) => JSON.stringify(record))
        expect(split(JSON.stringify(given))).toEqual(lines)
        expect(split(lines.join('\n'))).toEqual(lines)
        expect(
          split(JSON.stringify(given, null, 2)).map((piece) => JSON.stringify(JSON.parse(piece))),
        ).toEqual(lines)
      }),
    )
  })
})
