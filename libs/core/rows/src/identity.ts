import { formatExact } from '@tidewater/base'
import { isExact, scaleOf, type Value } from '@tidewater/expr'
import type { EventDefinition } from 'tidewater'

/** Header of the log's record that carries the envelope id. */
export const ID_HEADER = 'id'
/** Field of the JSON that carries the envelope id. */
export const ID_FIELD = '_id'

/** What the log keeps of one event, as far as it can say who the event is. */
export interface Envelope {
  readonly headers: Readonly<Record<string, string | Uint8Array | undefined>>
  /** JSON as it was sent. */
  readonly value: Uint8Array | null
  readonly offset: number
}

export interface Place {
  readonly topic: string
  readonly partition: number
}

type Row = Readonly<Record<string, Value>>

/**
 * The envelope id of a valid record (semantics I1): the field named by `dedupe`, the header `id`, `_id` in the JSON,
 * and without any of them its place, which makes every record its own.
 */
export const identityOf = (
  event: EventDefinition,
): ((record: Envelope, row: Row, place: Place) => string) => {
  const given = givenIdentityOf(event)
  // What a record is not asked for it need not read.
  return (record, row, place) => {
    // Without one, a record from before the event had such a field, it is known as it was then.
    const own = event.dedupe === null ? null : given(row, null)
    if (own !== null) return own
    const header = record.headers[ID_HEADER]
    if (typeof header === 'string' && header !== '') return header
    if (header instanceof Uint8Array && header.length > 0) return textOf(header)
    return identityInside(record.value) ?? `${place.topic}/${place.partition}/${record.offset}`
  }
}

/** The id that the sender gave in the event itself; null when it gave none. */
export const givenIdentityOf = (
  event: EventDefinition,
): ((row: Row, value: Uint8Array | null) => string | null) => {
  const field = event.fields.find(({ name }) => name === event.dedupe)
  if (field === undefined) return (_row, value) => identityInside(value)
  const { name, type } = field
  // As the archive and `load` write the number, so that all of them know it again.
  const format = (value: NonNullable<Value>): string =>
    isExact(type) ? formatExact(value as number | bigint, scaleOf(type)) : String(value)
  return (row) => {
    const value = row[name] ?? null
    return value === null ? null : format(value)
  }
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

const textOf = (bytes: Uint8Array): string =>
  Buffer.isBuffer(bytes) ? bytes.toString('utf8') : utf8.decode(bytes)

/** What `load` writes, so that its ids are found without parsing: an object that begins with its `_id`. */
const ID_FIRST = `{"${ID_FIELD}":"`

/** `_id` of a record that has been judged valid, so it parses and the id, if any, is a text. */
const identityInside = (value: Uint8Array | null): string | null => {
  if (value === null) return null
  const bytes = Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return atFront(bytes) ?? anywhere(bytes)
}

const atFront = (bytes: Buffer): string | null => {
  if (bytes.toString('latin1', 0, ID_FIRST.length) !== ID_FIRST) return null
  const end = bytes.indexOf(34, ID_FIRST.length)
  const id = bytes.toString('utf8', ID_FIRST.length, end)
  // An escape, or a second `_id` further on, needs a parser.
  return id.includes('\\') || bytes.includes(`"${ID_FIELD}"`, end) ? null : id
}

const anywhere = (bytes: Buffer): string | null => {
  const parsed: unknown = JSON.parse(textOf(bytes).replace(/^\ufeff/, ''))
  const id = (parsed as Record<string, unknown>)[ID_FIELD]
  return typeof id === 'string' ? id : null
}
