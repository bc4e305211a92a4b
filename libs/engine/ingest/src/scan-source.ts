import { ID_FIELD } from '@tidewater/rows'
import type { EventDefinition, FieldDefinition } from 'tidewater'
import { FUTURE_MS, mayBeEarly } from './judge-json.ts'
import { EARLIEST_MS, LATEST_MS } from './parse-instant.ts'

/**
 * Writes the JavaScript of one event's scanner: a function of (bytes, appendedAt) that answers a row, or undefined
 * whenever it meets anything out of the ordinary. `latin1` is the same as text, `at` the cursor.
 */
export const scanSource = (event: EventDefinition): string => {
  const names = [...event.fields.map(({ name }) => name), ID_FIELD]
  const values = event.fields.map((_, i) => `v${i}`)
  const time = event.fields.findIndex(({ name }) => name === event.time)
  const required = event.fields
    .map((field, i) => (field.optional ? null : `v${i} === null`))
    .filter((test) => test !== null)
  const early = mayBeEarly(event) ? [`v${time} > appendedAt + ${FUTURE_MS}`] : []
  const bad = [...required, ...early].join(' || ') || 'false'
  return `
const next = ${JSON.stringify(names.map((_, i) => i).concat(0))}
const keys = ${JSON.stringify(names.map((name) => [...new TextEncoder().encode(name)]))}
const find = (bytes, at) =>
  keys.findIndex((key) => bytes[at + key.length] === 34 && key.every((byte, i) => bytes[at + i] === byte))
return (bytes, appendedAt) => {
  const end = bytes.length
  const latin1 = bytes.latin1Slice(0, end)
  let at = 0, from = 0, byte = 0, number = 0, count = 0, bits = 0, fraction = 0, negative = false
  let last = ${names.length}, field = 0, id = ''
  let ${values.map((v) => `${v} = null`).join(', ')}, seen = 0, seenMore = 0
  if (bytes[at++] !== 123) return undefined
  for (;;) {
    while (bytes[at] === 32) at++
    if (bytes[at++] !== 34) return undefined
    field = next[last]
    switch (field) {
${names.map(keySource).join('\n')}
    }
    if (field < 0) {
      field = find(bytes, at)
      if (field < 0) return undefined
      next[last] = field
      at += keys[field].length + 1
    }
    last = field
    while (bytes[at] === 32) at++
    if (bytes[at++] !== 58) return undefined
    while (bytes[at] === 32) at++
    switch (field) {
${event.fields.map((field, i) => fieldSource(field, i, field.name === event.dedupe)).join('\n')}
${fieldSource({ name: ID_FIELD, type: { kind: 'id' }, optional: true }, event.fields.length, true, 't')}
    }
    while (bytes[at] === 32) at++
    byte = bytes[at++]
    if (byte === 44) continue
    if (byte === 125) break
    return undefined
  }
  while (at < end && (bytes[at] === 32 || bytes[at] === 10 || bytes[at] === 13)) at++
  if (at !== end || ${bad}) return undefined
  return { ${event.fields.map(({ name }, i) => `${JSON.stringify(name)}: v${i}`).join(', ')} }
}`
}

/** The test that the bytes of a word stand at the cursor. */
const stands = (word: string): string =>
  [...new TextEncoder().encode(word)].map((byte, i) => `bytes[at + ${i}] === ${byte}`).join(' && ')

/** The predicted key, compared byte by byte; −1 when another stands there. */
const keySource = (name: string, index: number): string => {
  const length = new TextEncoder().encode(name).length
  return `      case ${index}: if (${stands(`${name}"`)}) at += ${length + 1}; else field = -1; break`
}

const fieldSource = (
  field: FieldDefinition,
  index: number,
  identity: boolean,
  variable = `v${index}`,
): string => {
  const set = index < 30 ? 'seen' : 'seenMore'
  const bit = `${2 ** (index % 30)}`
  const missing = field.optional ? `if (${stands('null')}) { at += 4; break }` : ''
  return `      case ${index}: {
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

const valueSource = ({ type }: FieldDefinition, variable: string): string => {
  switch (type.kind) {
    case 'id':
    case 'text':
      return textSource(variable)
    case 'oneOf':
      return oneOfSource(variable, type.values)
    case 'int':
      return `${WHOLE} ${variable} = negative ? 0 - number : number`
    case 'decimal':
      return decimalSource(variable, type.scale, type.digits)
    case 'number':
      return numberSource(variable)
    case 'boolean':
      return `if (${stands('true')}) { ${variable} = true; at += 4 }
        else if (${stands('false')}) { ${variable} = false; at += 5 }
        else return undefined`
    case 'instant':
      return `if (bytes[at] === 34) {
          ${PLAIN_STRING} number = instantAt(bytes, from, at++)
          if (number === undefined) return undefined
        } else { ${WHOLE} number = negative ? 0 - number : number }
        if (number < ${EARLIEST_MS} || number > ${LATEST_MS}) return undefined
        ${variable} = number`
  }
}

/** Leaves the string without escapes in [from, at), `bits` its bits, the cursor on the closing quote. */
const PLAIN_STRING = `from = ++at; bits = 0
        for (;;) {
          if (at >= end) return undefined
          byte = bytes[at]
          if (byte === 34) break
          if (byte < 32 || byte === 92) return undefined
          bits |= byte; at++
        }`

const textSource = (variable: string): string => `if (bytes[at] !== 34) return undefined
        from = ++at; bits = 0
        for (;;) {
          if (at >= end) return undefined
          byte = bytes[at]
          if (byte === 34 || byte === 92) break
          if (byte < 32) return undefined
          bits |= byte; at++
        }
        if (byte === 92) {
          at = closingQuote(bytes, at)
          if (at < 0) return undefined
          ${variable} = unescaped(bytes, from - 1, at)
          if (${variable} === undefined) return undefined
        } else if (bits < 128) ${variable} = ${asciiSource('from', 'at')}
        else {
          ${variable} = beyondAscii(bytes, from, at)
          if (${variable} === undefined) return undefined
        }
        at++`

/** V8 copies a part of a text that is shorter. */
const COPIED = 13

/** A longer part would keep the whole record in memory as long as there is a row: it is a text of its own. */
const asciiSource = (from: string, to: string): string =>
  `${to} - ${from} < ${COPIED} ? latin1.substring(${from}, ${to}) : bytes.latin1Slice(${from}, ${to})`

/** Known words are told by length, then bytes, and no string is made. */
const oneOfSource = (variable: string, values: readonly string[]): string => {
  const byLength = Map.groupBy(values, (value) => new TextEncoder().encode(value).length)
  const cases = [...byLength].map(([length, same]) => {
    const tests = same.map((value) => {
      const bytes = [...new TextEncoder().encode(value)]
      return `if (${bytes.map((byte, i) => `bytes[from + ${i}] === ${byte}`).join(' && ') || 'true'}) ${variable} = ${JSON.stringify(value)};`
    })
    return `case ${length}: ${tests.join(' else ')} else return undefined; break;`
  })
  return `if (bytes[at] !== 34) return undefined
        ${PLAIN_STRING}
        switch (at++ - from) { ${cases.join('\n          ')} default: return undefined }`
}

/** Sign and at most 15 digits, without fraction or exponent. */
const WHOLE = `negative = bytes[at] === 45
        if (negative) at++
        from = at; number = 0
        while ((byte = bytes[at] - 48) >= 0 && byte <= 9) { number = number * 10 + byte; at++ }
        if (at === from || at - from > 15 || (bytes[from] === 48 && at - from > 1)) return undefined
        byte = bytes[at]
        if (byte === 46 || byte === 101 || byte === 69) return undefined
       `

/** Leaves the digits in `number`, `count` says how many, `fraction` how many after the point; the cursor behind them. */
const DIGITS = `negative = bytes[at] === 45
        if (negative) at++
        from = at; number = 0; fraction = 0
        while ((byte = bytes[at] - 48) >= 0 && byte <= 9) { number = number * 10 + byte; at++ }
        if (at === from || (bytes[from] === 48 && at - from > 1)) return undefined
        count = at - from
        if (bytes[at] === 46) {
          const point = ++at
          while ((byte = bytes[at] - 48) >= 0 && byte <= 9) { number = number * 10 + byte; at++ }
          fraction = at - point
          if (fraction === 0) return undefined
          count += fraction
        }`

const decimalSource = (variable: string, scale: number, digits: number): string => `if (bytes[at] === 34) {
          ${PLAIN_STRING}
          number = parseExact(latin1.substring(from, at++), ${scale}, ${digits})
          if (number === null) return undefined
          ${variable} = number
        } else {
          ${DIGITS}
          byte = bytes[at]
          if (byte === 101 || byte === 69 || fraction > ${scale}) return undefined
          if (count > 15 || count + ${scale} - fraction > 15) return undefined
          number *= POWERS[${scale} - fraction]
          if (number >= 1e${digits}) return undefined
          ${variable} = negative ? 0 - number : number
        }`

const numberSource = (variable: string): string => `${DIGITS}
        byte = bytes[at]
        if (byte === 101 || byte === 69) {
          byte = bytes[++at]
          if (byte === 43 || byte === 45) at++
          const exponent = at
          while ((byte = bytes[at] - 48) >= 0 && byte <= 9) at++
          if (at === exponent) return undefined
          count = 99
        }
        if (count <= 15) number /= POWERS[fraction]
        else number = Number(latin1.substring(from, at))
        if (negative) number = -number
        if (number - number !== 0 || (number === 0 && negative)) return undefined
        ${variable} = number`
