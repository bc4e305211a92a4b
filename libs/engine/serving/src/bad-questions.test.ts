import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PlatformError } from '@tidewater/base'
import { GraphQLError, buildSchema, parse, validate } from 'graphql'
import { openShop, type Shop } from '@tidewater/testing/served-shop'
import { DOCUMENT_LIMITS, limitDocuments } from './document-limits.ts'
import { presentError } from './errors.ts'

let p: Shop
beforeAll(async () => {
  p = await openShop()
})
afterAll(() => p.close())

describe('a wrong question is answered by a sentence, a code and a cure', () => {
  it.each([
    ['{ byShopp(shop: "a") { sales } }', 'UNKNOWN_VIEW', 'Did you mean "byShop"'],
    ['{ byShop(shop: "a") { saless } }', 'BAD_INPUT', 'Did you mean "sales"'],
    ['{ view(name: "ByShopp") { rows } }', 'UNKNOWN_VIEW', `did you mean 'ByShop'?`],
    ['{ byShopList(first: 1000000000) { rows { shop } } }', 'LIMIT', 'first is at most 10000'],
    ['{ view(name: "ByShop", limit: 1000000000) { rows } }', 'LIMIT', 'limit is at most 10000'],
    ['{ byShopList(first: -1) { rows { shop } } }', 'BAD_INPUT', 'first is a whole number'],
    ['{ byShopList(after: "zzz") { rows { shop } } }', 'BAD_INPUT', 'after is no cursor'],
    ['{ byShop(shop: "a", asOf: "yesterday") { sales } }', 'BAD_INPUT', `'yesterday' is no instant`],
    ['{ byMinute(every: "90s") { rowCount } }', 'BAD_INPUT', 'a multiple of'],
    ['{ byMinute(every: "7 dogs") { rowCount } }', 'BAD_INPUT', 'is no period'],
    ['{ byMinute(zone: "Mars/Olympus", every: "1d") { rowCount } }', 'BAD_INPUT', 'is no time zone'],
    [
      '{ byMinute(from: "2026-01-02", to: "2026-01-01") { rowCount } }',
      'BAD_INPUT',
      `'from' must be before 'to'`,
    ],
    [
      '{ byMinute(from: "1970-01-01", to: "2026-01-01") { rowCount } }',
      'TOO_COSTLY',
      'would touch more than',
    ],
    ['{ view(name: "ByShop", orderBy: "salez") { rows } }', 'BAD_INPUT', `did you mean 'sales'?`],
    ['{ view(name: "ByShop", orderBy: "sales upwards") { rows } }', 'BAD_INPUT', 'is no order'],
    ['{ view(name: "ByShop", where: "sales > 1") { rows } }', 'BAD_INPUT', 'where is an object'],
    ['{ view(name: "ByShop", where: { sales: { above: 1 } }) { rows } }', 'BAD_INPUT', `has no 'above'`],
    ['{ view(name: "ByShop", where: { revenue: { gt: "many" } }) { rows } }', 'BAD_INPUT', 'does not fit'],
    [
      '{ view(name: "ByShop", where: { __proto__: { gt: "1" } }) { rows } }',
      'BAD_INPUT',
      `has no column '__proto__'`,
    ],
    ['{ view(name: "ByMinute", key: "a") { rows } }', 'BAD_INPUT', 'key must hold shop, country'],
    ['{ view(name: "ByMinute", groupBy: ["city"]) { rows } }', 'BAD_INPUT', `has no key 'city'`],
    ['{ byShopList(where: { revenue: { gt: "1e9" } }) { rows { shop } } }', 'BAD_INPUT', 'is no Decimal'],
    ['mutation { track(event: "Sales", data: []) { accepted } }', 'BAD_INPUT', `did you mean 'Sale'?`],
    ['{ byShop(shop: "a") { sales', 'BAD_INPUT', 'Syntax Error'],
  ])('%s', async (source, code, words) => {
    const error = await p.ask(source).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(GraphQLError)
    expect((error as GraphQLError).message).toContain(words)
    expect((error as GraphQLError).extensions).toMatchObject({
      code,
      cure: expect.stringMatching(/./) as string,
    })
    expect(Object.keys(Object.prototype)).toEqual([])
  })

  it('hides what is not meant for people', () => {
    const reported: unknown[] = []
    const cause = new Error('select secret from /etc/passwd')
    const answered = presentError(new GraphQLError(cause.message, { originalError: cause }), (e) =>
      reported.push(e),
    )
    expect(JSON.stringify(answered)).not.toContain('passwd')
    expect([answered.extensions['code'], reported]).toEqual(['UNAVAILABLE', [cause]])
    const known = new GraphQLError('', {
      originalError: new PlatformError('NOT_READY', 'nothing is published', 'wait'),
    })
    expect(presentError(known, () => undefined)).toMatchObject({
      message: 'nothing is published',
      extensions: { code: 'NOT_READY', cure: 'wait' },
    })
  })
})

describe('documents', () => {
  const schema = buildSchema('type Query { a: Query b: Int }')
  const codes = (text: string): unknown[] =>
    validate(schema, parse(text), [limitDocuments(DOCUMENT_LIMITS)]).map((e) => e.extensions['code'])
  const nested = (depth: number): string => `${'{ a '.repeat(depth)} { b } ${'}'.repeat(depth)}`

  it('are refused when too deep, also through fragments used at two depths', () => {
    expect(codes(nested(5))).toEqual([])
    expect(codes(nested(50))).toEqual(['TOO_DEEP'])
    expect(
      codes('{ ...f a { a { a { a { ...f } } } } } fragment f on Query { a { a { a { a { b } } } } }'),
    ).toEqual(['TOO_DEEP'])
    expect(codes(`{ ...__schema } fragment __schema on Query ${nested(12)}`)).toEqual(['TOO_DEEP'])
  })
  it('are refused when too wide: aliases, fragments that multiply, directives', () => {
    const aliases = Array.from({ length: 1_000 }, (_, i) => `x${i}: b`).join(' ')
    expect(codes(`{ ${aliases} }`)).toEqual(['LIMIT'])
    expect(codes(`{ a { ${aliases} ${aliases} } }`)).toEqual(['LIMIT'])
    const bomb = Array.from(
      { length: 30 },
      (_, i) => `fragment f${i} on Query { a { ...f${i + 1} } c: a { ...f${i + 1} } }`,
    ).join(' ')
    expect(codes(`{ ...f0 } ${bomb} fragment f30 on Query { b }`)).toContain('LIMIT')
    expect(codes(`{ b ${'@include(if: true) '.repeat(1_000)} }`)).toEqual(['LIMIT'])
  })
  it('with a cycle of fragments end', () => {
    expect(codes('{ ...f } fragment f on Query { a { ...g } } fragment g on Query { a { ...f } }')).toEqual(
      [],
    )
  })
})
