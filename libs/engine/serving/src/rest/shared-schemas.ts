import type { JsonSchema } from './json-schema.ts'

const INSTANT = { type: 'string', format: 'date-time' }
const LONG = { type: 'integer', format: 'int64' }

export const OFFSET: JsonSchema = {
  type: 'object',
  description: 'Events of a partition below `next`.',
  required: ['topic', 'partition', 'next'],
  properties: { topic: { type: 'string' }, partition: { type: 'integer' }, next: LONG },
}

const OFFSETS = { type: 'array', items: { $ref: '#/components/schemas/Offset' } }

/** As in GraphQL. */
export const FRESHNESS: JsonSchema = {
  type: 'object',
  description: 'What an answer has seen: it is exact at `offsets`. `degraded` names what is incomplete.',
  required: ['asOf', 'generation', 'builtAt', 'cut', 'offsets', 'watermark', 'lagMs', 'degraded'],
  properties: {
    asOf: INSTANT,
    generation: { type: 'integer' },
    builtAt: { anyOf: [INSTANT, { type: 'null' }] },
    cut: OFFSETS,
    offsets: OFFSETS,
    watermark: { anyOf: [INSTANT, { type: 'null' }] },
    lagMs: LONG,
    degraded: { type: 'array', items: { type: 'string' } },
  },
}

const REASON = {
  type: 'object',
  required: ['message'],
  properties: {
    field: { type: ['string', 'null'] },
    message: { type: 'string' },
    cure: { type: ['string', 'null'] },
  },
}

export const TAKEN: JsonSchema = {
  type: 'object',
  required: ['accepted', 'rejected'],
  properties: {
    accepted: { type: 'integer' },
    rejected: {
      type: 'array',
      items: {
        type: 'object',
        required: ['index', 'reasons'],
        properties: { index: { type: 'integer' }, reasons: { type: 'array', items: REASON } },
      },
    },
  },
}

export const ERROR: JsonSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'cure'],
      properties: { code: { type: 'string' }, message: { type: 'string' }, cure: { type: 'string' } },
    },
  },
}
