import type { Catalog, EventDefinition } from 'tidewater'
import type { ViewAccess } from '../view-access.ts'
import { isEntityView } from './entity-route.ts'
import { answeredSchema, orNull, sentSchema, type JsonSchema } from './json-schema.ts'
import { ERROR, FRESHNESS, OFFSET, TAKEN } from './shared-schemas.ts'

/** OpenAPI 3.1 of what HTTP answers beside GraphQL, from the same definitions: views with one key, and the door of every event. */
export const openApi = (views: ReadonlyMap<string, ViewAccess>, { events }: Catalog): object => {
  const entities = [...views.values()].filter(isEntityView)
  const all = [...events.values()].filter(({ madeBy }) => madeBy === null)
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tidewater',
      version: '1',
      description:
        'Rows of views by their key, and the door of every event. Everything else is GraphQL, at /graphql.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'views', description: 'What the platform knows, exact at the offsets it names.' },
      { name: 'events', description: 'What it is told.' },
    ],
    paths: Object.fromEntries([...entities.map(viewPath), ...all.map(eventPath)]),
    components: {
      schemas: {
        ...Object.fromEntries(entities.map((access) => [access.view.name, rowSchema(access)])),
        ...Object.fromEntries(all.map((event) => [`${event.name}Sent`, eventSchema(event)])),
        ...{ Freshness: FRESHNESS, Offset: OFFSET, Taken: TAKEN, Error: ERROR },
      },
    },
  }
}

const ref = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` })
const json = (description: string, schema: JsonSchema) => ({
  description,
  content: { 'application/json': { schema } },
})
const REFUSED = json('What is wrong, and the cure.', ref('Error'))

const viewPath = ({ view, keys: [key] }: ViewAccess) => {
  const name = key?.name ?? ''
  return [
    `/v1/views/${view.name}/{${name}}`,
    {
      get: {
        operationId: `read${view.name}`,
        tags: ['views'],
        summary: view.doc ?? `One row of ${view.name}`,
        parameters: [
          { name, in: 'path', required: true, schema: key === undefined ? {} : answeredSchema(key.type) },
          {
            name: 'asOf',
            in: 'query',
            description: 'An earlier instant: 2026-11-21T10:00:00Z, now-1h.',
            schema: { type: 'string', default: 'now' },
          },
          {
            name: 'layer',
            in: 'query',
            description: 'merged = batch + speed',
            schema: { type: 'string', enum: ['merged', 'batch', 'speed'], default: 'merged' },
          },
        ],
        responses: {
          200: json('Its row.', ref(view.name)),
          400: REFUSED,
          404: json('Never seen, or silent for longer than the view remembers.', ref('Error')),
          503: json('Not whole yet, or a server is away: ask again.', ref('Error')),
        },
      },
    },
  ] as const
}

const eventPath = ({ name, doc }: EventDefinition) =>
  [
    `/events/${name}`,
    {
      post: {
        operationId: `send${name}`,
        tags: ['events'],
        summary: doc ?? `Takes ${name}`,
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: { oneOf: [ref(`${name}Sent`), { type: 'array', items: ref(`${name}Sent`) }] },
            },
          },
        },
        responses: {
          202: json('What was accepted is kept; the rest is named by its index.', ref('Taken')),
          400: json('Nothing was accepted.', { anyOf: [ref('Taken'), ref('Error')] }),
          503: REFUSED,
        },
      },
    },
  ] as const

const rowSchema = ({ view, keys, measures }: ViewAccess): JsonSchema => ({
  type: 'object',
  ...(view.doc === null ? {} : { description: view.doc }),
  required: [...keys, ...measures].map(({ name }) => name).concat('freshness'),
  properties: {
    ...Object.fromEntries(
      [...keys, ...measures].map(({ name, type, optional }) => [
        name,
        optional ? orNull(answeredSchema(type)) : answeredSchema(type),
      ]),
    ),
    freshness: ref('Freshness'),
  },
})

const eventSchema = ({ doc, fields }: EventDefinition): JsonSchema => ({
  type: 'object',
  ...(doc === null ? {} : { description: doc }),
  required: fields.filter(({ optional }) => !optional).map(({ name }) => name),
  properties: Object.fromEntries(
    fields.map(({ name, type, optional }) => [name, optional ? orNull(sentSchema(type)) : sentSchema(type)]),
  ),
})
