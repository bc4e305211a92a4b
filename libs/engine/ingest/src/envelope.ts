import type { LogRecord, TopicPartition } from '@tidewater/ports'
import type { Row } from '@tidewater/plan'
import type { EventDefinition } from 'tidewater'
import { ID_FIELD } from './judge-json.ts'

/** Kafka header that carries the envelope id. */
export const ID_HEADER = 'id'

/**
 * The envelope id of a valid record (semantics I1): the field named by `dedupe`, the header `id`, `_id` in the JSON,
 * and without any of them its place, which makes every record its own.
 */
export const idOf = (event: EventDefinition, record: LogRecord, row: Row, place: TopicPartition): string => {
  if (event.dedupe !== null) {
    const id = row[event.dedupe]
    if (typeof id === 'string') return id
  }
  const header = record.headers[ID_HEADER]
  if (typeof header === 'string' && header !== '') return header
  if (header instanceof Uint8Array && header.length > 0) return textOf(header)
  return idInside(record.value) ?? `${place.topic}/${place.partition}/${record.offset}`
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

const textOf = (bytes: Uint8Array): string =>
  Buffer.isBuffer(bytes) ? bytes.toString('utf8') : utf8.decode(bytes)

/** What `load` writes, so that its ids are found without parsing: an object that begins with its `_id`. */
const ID_FIRST = '{"_id":"'

/** `_id` of a record that has been judged valid, so it parses and the id, if any, is a text. */
export const idInside = (value: Uint8Array | null): string | null => {
  if (value === null) return null
  const bytes = Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return idAtFront(bytes) ?? idAnywhere(bytes)
}

const idAtFront = (bytes: Buffer): string | null => {
  if (bytes.toString('latin1', 0, ID_FIRST.length) !== ID_FIRST) return null
  const end = bytes.indexOf(34, ID_FIRST.length)
  const id = bytes.toString('utf8', ID_FIRST.length, end)
  // An escape, or a second `_id` further on, needs a parser.
  return id.includes('\\') || bytes.includes('"_id"', end) ? null : id
}

const idAnywhere = (bytes: Buffer): string | null => {
  const parsed: unknown = JSON.parse(textOf(bytes).replace(/^\ufeff/, ''))
  const id = (parsed as Record<string, unknown>)[ID_FIELD]
  return typeof id === 'string' ? id : null
}
