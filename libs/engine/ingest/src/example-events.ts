import type { EventDefinition, FieldDefinition } from 'tidewater'

/** Definitions for this package's tests: one of every type, optional and required. */
const field = (name: string, type: FieldDefinition['type'], optional = false): FieldDefinition => ({
  name,
  type,
  optional,
})

const base = { kind: 'event', doc: null, madeBy: null, latenessMs: 600_000, horizonMs: 86_400_000 } as const

export const shopEvent: EventDefinition = {
  ...base,
  name: 'ShopEvent',
  key: 'userId',
  time: 'at',
  dedupe: 'eventId',
  fields: [
    field('eventId', { kind: 'id' }),
    field('userId', { kind: 'id' }),
    field('sessionId', { kind: 'id' }, true),
    field('at', { kind: 'instant' }),
    field('type', { kind: 'oneOf', values: ['page_view', 'click', 'search', 'add_to_cart', 'purchase'] }),
    field('productId', { kind: 'id' }, true),
    field('amount', { kind: 'decimal', digits: 12, scale: 2 }, true),
  ],
}

export const everyType: EventDefinition = {
  ...base,
  name: 'EveryType',
  key: 'key',
  time: 'at',
  dedupe: null,
  fields: [
    field('key', { kind: 'id' }),
    field('at', { kind: 'instant' }),
    field('text', { kind: 'text' }, true),
    field('kind', { kind: 'oneOf', values: ['a', 'b', 'ab', 'café'] }, true),
    field('int', { kind: 'int', digits: 15 }, true),
    field('decimal', { kind: 'decimal', digits: 18, scale: 3 }, true),
    field('number', { kind: 'number' }, true),
    field('flag', { kind: 'boolean' }, true),
    field('since', { kind: 'instant' }, true),
  ],
}
