import type { LogRecord, NewRecord } from '@tidewater/ports'
import type { Row } from '@tidewater/plan'
import type { Catalog, EventDefinition } from 'tidewater'
import { catalogOf } from 'tidewater/fixture'
import type { ArchivedEvent } from './judge-record.ts'
import { lineEncoder } from './line-encoder.ts'

/** A small event for tests of the archive, with one field of every kind that is written in its own way. */
export const SALE: EventDefinition = {
  kind: 'event',
  name: 'Sale',
  doc: 'Something was sold.',
  fields: [
    { name: 'shopId', type: { kind: 'id' }, optional: false },
    { name: 'at', type: { kind: 'instant' }, optional: false },
    { name: 'price', type: { kind: 'decimal', digits: 12, scale: 3 }, optional: true },
    { name: 'units', type: { kind: 'int', digits: 15 }, optional: false },
    { name: 'note', type: { kind: 'text' }, optional: true },
    { name: 'weight', type: { kind: 'number' }, optional: true },
    { name: 'gift', type: { kind: 'boolean' }, optional: true },
  ],
  key: 'shopId',
  time: 'at',
  latenessMs: 600_000,
  horizonMs: 3_600_000,
  dedupe: null,
  madeBy: null,
}

/** A catalog of nothing else. */
export const saleCatalog: Catalog = { ...catalogOf([]), events: new Map([[SALE.name, SALE]]) }

const decoder = new TextDecoder()
const textOf = (value: Uint8Array | string | undefined): string | null =>
  value === undefined ? null : typeof value === 'string' ? value : decoder.decode(value)

/** The archive takes its judgement as a function: this one reads values that are in their run-time form already. */
export const saleArchived: ArchivedEvent = {
  event: SALE,
  line: lineEncoder(SALE),
  judge: (record: LogRecord, place) => {
    const text = textOf(record.value ?? undefined)
    if (text === null || !text.startsWith('{'))
      return { kind: 'dead', reason: 'not a JSON object', why: 'undecodable' }
    const id = textOf(record.headers['id']) ?? `${place.topic}/${place.partition}/${record.offset}`
    return { kind: 'row', row: JSON.parse(text) as Row, id }
  },
}

export const saleRow = (row: Partial<Record<string, unknown>>): Row =>
  ({ shopId: 's1', at: 0, price: null, units: 1, note: null, weight: null, gift: null, ...row }) as Row

export const saleRecord = (partition: number, id: string, row: Row | string): NewRecord => ({
  partition,
  key: 's1',
  value: new TextEncoder().encode(typeof row === 'string' ? row : JSON.stringify(row)),
  headers: { id },
})
