import { parseExact } from '@tidewater/base'
import type { Row } from '@tidewater/plan'
import type { EventDefinition } from 'tidewater'
import { compileJudge } from './judge-json.ts'
import { Rejected } from './rejection.ts'
import { beyondAscii, closingQuote, instantAt, unescaped } from './scan-support.ts'
import { MOST_FIELDS, scanSource } from './scan-source.ts'

/** A record's value as a row with every field of the definition in order (missing: null), or why it does not count. */
export type Decoder = (value: Uint8Array | null, appendedAt: number) => Row | Rejected

/** A faster way to the judge's verdict on an ordinary record; undefined: ask the judge. */
export type Scanner = (value: Buffer, appendedAt: number) => Row | undefined

const utf8 = new TextDecoder('utf-8', { fatal: true })
const POWERS = Array.from({ length: 23 }, (_, n) => 10 ** n)

/**
 * The one judgement of a record, at the door and in the log alike. `appendedAt` is the broker's append time (at the
 * door: now), ms. Never throws, whatever the bytes are.
 */
export const compileDecoder = (event: EventDefinition): Decoder => {
  const scan = compileScanner(event)
  const judge = compileByteJudge(event)
  return (value, appendedAt) => {
    if (value === null)
      return new Rejected(
        [{ field: null, message: 'has no value', cure: 'send a JSON object' }],
        'undecodable',
      )
    const bytes = Buffer.isBuffer(value)
      ? value
      : Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    return scan(bytes, appendedAt) ?? judge(bytes, appendedAt)
  }
}

/** The judge on bytes, without the scanner: the definition of what the decoder answers. */
export const compileByteJudge = (
  event: EventDefinition,
): ((bytes: Uint8Array, appendedAt: number) => Row | Rejected) => {
  const judge = compileJudge(event)
  return (bytes, appendedAt) => {
    let text: string
    try {
      text = utf8.decode(bytes)
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
      return new Rejected(
        [{ field: null, message: 'is not valid UTF-8', cure: 'send JSON in UTF-8' }],
        'undecodable',
      )
    }
    return judge(text, appendedAt)
  }
}

export const compileScanner = (event: EventDefinition): Scanner => {
  if (event.fields.length > MOST_FIELDS) return () => undefined
  const names = ['POWERS', 'parseExact', 'instantAt', 'closingQuote', 'unescaped', 'beyondAscii']
  // The text comes from definitions alone: names as JSON literals, numbers, fixed code.
  const build = new Function(...names, scanSource(event)) as (...given: unknown[]) => Scanner
  return build(POWERS, parseExact, instantAt, closingQuote, unescaped, beyondAscii)
}
