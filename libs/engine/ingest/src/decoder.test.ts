import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { compileByteJudge, compileDecoder, compileScanner } from './decoder.ts'
import { everyType, shopEvent } from './example-events.ts'
import { type Rejected, isRejected, sentenceOfRejection } from './rejection.ts'

const NOW = Date.UTC(2026, 10, 21)
const bytes = (text: string) => new TextEncoder().encode(text)
const decodeEvery = compileDecoder(everyType)
const decodeShop = compileDecoder(shopEvent)

const judged = (fields: string, decode = decodeEvery) => decode(bytes(fields), NOW)
const sentence = (fields: string, decode = decodeEvery): string => {
  const result = judged(fields, decode)
  return isRejected(result) ? sentenceOfRejection(result) : 'accepted'
}
const with_ = (field: string) => `{"key":"k","at":1700000000000,${field}}`

describe('a valid record', () => {
  it('has every field of the definition in order, missing ones null', () => {
    const row = judged('{"at":"2023-11-14T22:13:20Z","key":"k","number":1e3}')
    expect(Object.entries(row)).toEqual([
      ['key', 'k'],
      ['at', 1_700_000_000_000],
      ['text', null],
      ['kind', null],
      ['int', null],
      ['decimal', null],
      ['number', 1000],
      ['flag', null],
      ['since', null],
    ])
  })
  it('keeps exact numbers exactly, whichever way they are written', () => {
    expect(judged(with_('"decimal":1.5'))).toMatchObject({ decimal: 1500 })
    expect(judged(with_('"decimal":"123456789012345.678"'))).toMatchObject({ decimal: 123456789012345678n })
    expect(judged(with_('"decimal":1.50000000000000000'))).toMatchObject({ decimal: 1500 })
    expect(judged(with_('"decimal":-0.00'))).toMatchObject({ decimal: 0 })
    expect(judged(with_('"int":-999999999999999'))).toMatchObject({ int: -999_999_999_999_999 })
    expect(judged(with_('"int":1e3'))).toMatchObject({ int: 1000 })
  })
  it('keeps text byte for byte', () => {
    expect(judged(with_('"text":"  a\\"b\\u00e9 ü 💧 "'))).toMatchObject({ text: '  a"bé ü 💧 ' })
    expect(judged(with_('"kind":"café"'))).toMatchObject({ kind: 'café' })
  })
  it('reads instants with zone, without (UTC), as date and as ms', () => {
    for (const text of [
      '"2023-11-14T23:13:20+01:00"',
      '"2023-11-14 22:13:20"',
      '"2023-11-14T22:13:20.000Z"',
      '1700000000000',
    ]) {
      expect(judged(with_(`"since":${text}`))).toMatchObject({ since: 1_700_000_000_000 })
    }
    expect(judged(with_('"since":"1969-12-31"'))).toMatchObject({ since: -86_400_000 })
  })
})

describe('a rejection names the field, what is wrong and the cure', () => {
  const cases: [string, string][] = [
    ['"text":5', 'text: 5 is not text'],
    ['"kind":"A"', `kind: "A" is not one of a, b, ab, café (did you mean 'a'?)`],
    ['"int":1.5', 'int: 1.5 is not a whole number'],
    ['"int":1000000000000000', 'int: 1000000000000000 has more than 15 digits'],
    ['"int":"7"', 'int: "7" is not a whole number'],
    ['"decimal":1.2345', 'decimal: 1.2345 does not fit: at most 15 digits before and 3 after the point'],
    ['"decimal":1.00000000000000001', 'decimal: 1.00000000000000001 has more than 15 digits'],
    ['"number":-0', 'number: -0 is not a number here'],
    ['"number":1e999', 'number: 1e999 is beyond the largest double'],
    ['"flag":"true"', 'flag: "true" is not true or false'],
    ['"since":"2023-02-29"', 'since: "2023-02-29" is not an instant'],
    ['"since":"1815-06-18"', 'since: "1815-06-18" is outside the years 1900 to 2299'],
    ['"text":"\\ud800"', 'text: has half a surrogate pair, which no UTF-8 can hold'],
    ['"txt":"a"', `txt: EveryType has no such field (did you mean 'text'?)`],
    ['"__proto__":{"a":1}', '__proto__: EveryType has no such field'],
    ['"_id":""', '_id: an id is a text that is not empty'],
  ]
  it.each(cases)('%s', (field, expected) => expect(sentence(with_(field))).toBe(expected))

  it('missing, future, not JSON, not UTF-8, no value', () => {
    expect(sentence('{"at":1700000000000}')).toBe('key: is missing')
    expect(sentence('{"key":null,"at":1700000000000}')).toBe('key: is missing')
    expect(sentence(`{"key":"k","at":${NOW + 600_001}}`)).toContain(
      'at: 2026-11-21T00:10:00.001Z is more than 10 min in the future',
    )
    expect(sentence(`{"key":"k","at":${NOW + 600_000}}`)).toBe('accepted')
    expect(sentence('{"key":')).toContain('is not valid JSON')
    expect(sentence('[1]')).toBe('is not a JSON object')
    expect(sentence('[['.repeat(200_000))).toContain('is not valid JSON')
    expect(sentenceOfRejection(decodeEvery(new Uint8Array([123, 255]), NOW) as Rejected)).toBe(
      'is not valid UTF-8',
    )
    expect(sentenceOfRejection(decodeEvery(null, NOW) as Rejected)).toBe('has no value')
    expect(sentence('{"eventId":"","userId":"u","at":1,"type":"click"}', decodeShop)).toContain(
      'eventId: is empty',
    )
  })
  it('tells all reasons at once', () => {
    expect((judged('{"int":"x","flag":1}') as Rejected).reasons.map(({ field }) => field)).toEqual([
      'key',
      'at',
      'int',
      'flag',
    ])
  })
})

describe('the scanner', () => {
  const scalar = fc.oneof(
    fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
    fc.double().map((x) => JSON.stringify(x) ?? 'null'),
    fc.integer().map(String),
    fc.constantFrom(
      'null',
      'true',
      'false',
      '"a"',
      '"ab"',
      '"caf\\u00e9"',
      '"café"',
      '-0',
      '-0.0',
      '0.10',
      '12.345',
      '1.2345',
      '01',
      '.5',
      '5.',
      '1e5',
      '1E-7',
    ),
    fc.constantFrom(
      '"2023-11-14T22:13:20Z"',
      '"2023-11-14T22:13:20.123Z"',
      '"2023-13-14T22:13:20Z"',
      '"2023-11-14"',
      '"1899-12-31T23:59:59Z"',
      '1700000000000',
    ),
    fc.constantFrom(
      '123456789012345678',
      '0.30000000000000004',
      '"12.345"',
      '"\\u0000"',
      '"\\ud83d"',
      '[]',
      '{}',
      '""',
      '1e999',
      '9999999999999999',
    ),
    fc.tuple(fc.integer(), fc.nat(99_999)).map(([a, b]) => `${a}.${b}`),
  )
  const name = fc.constantFrom(...everyType.fields.map((field) => field.name), '_id', 'other', 'ke', 'text2')
  const space = fc.constantFrom('', '', ' ', '\n')
  const record = fc
    .tuple(fc.array(fc.tuple(name, scalar, space), { maxLength: 9 }), fc.boolean(), space)
    .map(([fields, complete, tail]) => {
      const given = complete
        ? [
            ['key', '"k"', ''],
            ['at', '1700000000000', ''],
            ...fields.filter(([n]) => n !== 'key' && n !== 'at'),
          ]
        : fields
      return `{${given.map(([n, v, w]) => `${w}"${n}":${w}${v}`).join(',')}}${tail}`
    })
  const scan = compileScanner(everyType)
  const judge = compileByteJudge(everyType)

  it('answers what the judge answers, or leaves it to the judge', () => {
    let scanned = 0
    fc.assert(
      fc.property(record, (text) => {
        const fast = scan(Buffer.from(text), NOW)
        if (fast === undefined) return
        scanned++
        const slow = judge(bytes(text), NOW)
        expect(Object.entries(fast)).toStrictEqual(Object.entries(slow))
      }),
      { numRuns: 20_000 },
    )
    expect(scanned).toBeGreaterThan(200)
  })
  it('never throws and never accepts what the judge rejects, on damaged bytes', () => {
    const good = Buffer.from(
      with_(
        '"text":"ü\\n","kind":"ab","decimal":1.25,"number":2.5,"flag":true,"since":"2023-11-14T22:13:20Z","int":5',
      ),
    )
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.boolean(), (at, value, cut) => {
        const damaged = cut ? good.subarray(0, at) : Buffer.from(good)
        if (!cut) damaged[at] = value
        const fast = scan(damaged, NOW)
        if (fast !== undefined)
          expect(Object.entries(fast)).toStrictEqual(Object.entries(judge(damaged, NOW)))
      }),
      { numRuns: 20_000 },
    )
  })
  it('reads ordinary records in any order of fields by itself', () => {
    const ordinary = [
      with_(
        '"text":"a \\"b\\" ü","kind":"café","int":-5,"decimal":-1.25,"number":0.30000000000000004,"flag":false,"since":"2023-11-14T22:13:20.123Z"',
      ),
      '{"since": 1, "flag": true, "number": 1.5e3, "decimal": "7.125", "_id": "x", "at": 1700000000000, "key": "k"}',
    ]
    for (const text of [...ordinary, ...ordinary])
      expect(scan(Buffer.from(text), NOW)).toEqual(judge(bytes(text), NOW))
  })
})
