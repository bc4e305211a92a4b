import { ID_FIELD } from '@tidewater/rows'
import type { EventDefinition, FieldDefinition } from 'tidewater'
import { FUTURE_MS } from './judge-json.ts'
import { EARLIEST_MS, LATEST_MS } from './parse-instant.ts'

/**
 * Writes the JavaScript of one event's scanner: a function of (bytes, appendedAt) that answers a row, or undefined
 * whenever it meets anything out of the ordinary. `b` are the bytes, `s` the same as Latin-1 text, `p` the cursor.
 */
export const scanSource = (event: EventDefinition): string => {
  const names = [...event.fields.map(({ name }) => name), ID_FIELD]
  const values = event.fields.map((_, i) => `v${i}`)
  const time = event.fields.findIndex(({ name }) => name === event.time)
  const required = event.fields
    .map((field, i) => (field.optional ? null : `v${i} === null`))
    .filter((test) => test !== null)
  const bad = [...required, `v${time} > appendedAt + ${FUTURE_MS}`].join(' || ')
  return `
const next = ${JSON.stringify(names.map((_, i) => i).concat(0))}
const keys = ${JSON.stringify(names.map((name) => [...new TextEncoder().encode(name)]))}
const find = (b, p) =>
  keys.findIndex((key) => b[p + key.length] === 34 && key.every((c, i) => b[p + i] === c))
return (b, appendedAt) => {
  const end = b.length
  const s = b.latin1Slice(0, end)
  let p = 0, a = 0, c = 0, n = 0, k = 0, hi = 0, negative = false, last = ${names.length}, g = 0, t = ''
  let ${values.map((v) => `${v} = null`).join(', ')}, seen = 0, seenMore = 0
  if (b[p++] !== 123) return undefined
  for (;;) {
    while (b[p] === 32) p++
    if (b[p++] !== 34) return undefined
    g = next[last]
    switch (g) {
${names.map(keySource).join('\n')}
    }
    if (g < 0) {
      g = find(b, p)
      if (g < 0) return undefined
      next[last] = g
      p += keys[g].length + 1
    }
    last = g
    while (b[p] === 32) p++
    if (b[p++] !== 58) return undefined
    while (b[p] === 32) p++
    switch (g) {
${event.fields.map((field, i) => fieldSource(field, i, field.name === event.dedupe)).join('\n')}
${fieldSource({ name: ID_FIELD, type: { kind: 'id' }, optional: true }, event.fields.length, true, 't')}
    }
    while (b[p] === 32) p++
    c = b[p++]
    if (c === 44) continue
    if (c === 125) break
    return undefined
  }
  while (p < end && (b[p] === 32 || b[p] === 10 || b[p] === 13)) p++
  if (p !== end || ${bad}) return undefined
  return { ${event.fields.map(({ name }, i) => `${JSON.stringify(name)}: v${i}`).join(', ')} }
}`
}

/** The test that the bytes of a word stand at the cursor. */
const stands = (word: string): string =>
  [...new TextEncoder().encode(word)].map((c, i) => `b[p + ${i}] === ${c}`).join(' && ')

/** The predicted key, compared byte by byte; −1 when another stands there. */
const keySource = (name: string, i: number): string => {
  const length = new TextEncoder().encode(name).length
  return `      case ${i}: if (${stands(`${name}"`)}) p += ${length + 1}; else g = -1; break`
}

const fieldSource = (field: FieldDefinition, i: number, identity: boolean, variable = `v${i}`): string => {
  const set = i < 30 ? 'seen' : 'seenMore'
  const bit = `${2 ** (i % 30)}`
  const missing = field.optional ? `if (${stands('null')}) { p += 4; break }` : ''
  return `      case ${i}: {
        if (${set} & ${bit}) return undefined
        ${set} |= ${bit}
        ${missing}
        ${valueSource(field, variable)}
        ${identity ? `if (${variable} === '') return undefined` : ''}
        break
      }`
}

/** More fields than two sets of bits can mark are left to the judge. */
export const MOST_FIELDS = 59

const valueSource = ({ type }: FieldDefinition, v: string): string => {
  switch (type.kind) {
    case 'id':
    case 'text':
      return textSource(v)
    case 'oneOf':
      return oneOfSource(v, type.values)
    case 'int':
      return `${WHOLE} ${v} = negative ? 0 - n : n`
    case 'decimal':
      return decimalSource(v, type.scale, type.digits)
    case 'number':
      return numberSource(v)
    case 'boolean':
      return `if (${stands('true')}) { ${v} = true; p += 4 }
        else if (${stands('false')}) { ${v} = false; p += 5 }
        else return undefined`
    case 'instant':
      return `if (b[p] === 34) {
          ${PLAIN_STRING} n = instantAt(b, a, p++)
          if (n === undefined) return undefined
        } else { ${WHOLE} n = negative ? 0 - n : n }
        if (n < ${EARLIEST_MS} || n > ${LATEST_MS}) return undefined
        ${v} = n`
  }
}

/** Leaves the string without escapes in [a, p), `hi` its bits, the cursor on the closing quote. */
const PLAIN_STRING = `a = ++p; hi = 0
        for (;;) {
          if (p >= end) return undefined
          c = b[p]
          if (c === 34) break
          if (c < 32 || c === 92) return undefined
          hi |= c; p++
        }`

const textSource = (v: string): string => `if (b[p] !== 34) return undefined
        a = ++p; hi = 0
        for (;;) {
          if (p >= end) return undefined
          c = b[p]
          if (c === 34 || c === 92) break
          if (c < 32) return undefined
          hi |= c; p++
        }
        if (c === 92) {
          p = closingQuote(b, p)
          if (p < 0) return undefined
          ${v} = unescaped(b, a - 1, p)
          if (${v} === undefined) return undefined
        } else if (hi < 128) ${v} = s.substring(a, p)
        else {
          ${v} = beyondAscii(b, a, p)
          if (${v} === undefined) return undefined
        }
        p++`

/** Known words are told by length, then bytes, and no string is made. */
const oneOfSource = (v: string, values: readonly string[]): string => {
  const byLength = Map.groupBy(values, (value) => new TextEncoder().encode(value).length)
  const cases = [...byLength].map(([length, same]) => {
    const tests = same.map((value) => {
      const bytes = [...new TextEncoder().encode(value)]
      return `if (${bytes.map((c, i) => `b[a + ${i}] === ${c}`).join(' && ') || 'true'}) ${v} = ${JSON.stringify(value)};`
    })
    return `case ${length}: ${tests.join(' else ')} else return undefined; break;`
  })
  return `if (b[p] !== 34) return undefined
        ${PLAIN_STRING}
        switch (p++ - a) { ${cases.join('\n          ')} default: return undefined }`
}

/** Sign and at most 15 digits, without fraction or exponent. */
const WHOLE = `negative = b[p] === 45
        if (negative) p++
        a = p; n = 0
        while ((c = b[p] - 48) >= 0 && c <= 9) { n = n * 10 + c; p++ }
        if (p === a || p - a > 15 || (b[a] === 48 && p - a > 1)) return undefined
        c = b[p]
        if (c === 46 || c === 101 || c === 69) return undefined
       `

/** Leaves the digits in n, their count in k, those after the point in hi; the cursor behind them. */
const DIGITS = `negative = b[p] === 45
        if (negative) p++
        a = p; n = 0; hi = 0
        while ((c = b[p] - 48) >= 0 && c <= 9) { n = n * 10 + c; p++ }
        if (p === a || (b[a] === 48 && p - a > 1)) return undefined
        k = p - a
        if (b[p] === 46) {
          const point = ++p
          while ((c = b[p] - 48) >= 0 && c <= 9) { n = n * 10 + c; p++ }
          hi = p - point
          if (hi === 0) return undefined
          k += hi
        }`

const decimalSource = (v: string, scale: number, digits: number): string => `if (b[p] === 34) {
          ${PLAIN_STRING}
          n = parseExact(s.substring(a, p++), ${scale}, ${digits})
          if (n === null) return undefined
          ${v} = n
        } else {
          ${DIGITS}
          c = b[p]
          if (c === 101 || c === 69 || hi > ${scale} || k > 15 || k + ${scale} - hi > 15) return undefined
          n *= POWERS[${scale} - hi]
          if (n >= 1e${digits}) return undefined
          ${v} = negative ? 0 - n : n
        }`

const numberSource = (v: string): string => `${DIGITS}
        c = b[p]
        if (c === 101 || c === 69) {
          c = b[++p]
          if (c === 43 || c === 45) p++
          const exponent = p
          while ((c = b[p] - 48) >= 0 && c <= 9) p++
          if (p === exponent) return undefined
          k = 99
        }
        if (k <= 15) n /= POWERS[hi]
        else n = Number(s.substring(a, p))
        if (negative) n = -n
        if (n - n !== 0 || (n === 0 && negative)) return undefined
        ${v} = n`
