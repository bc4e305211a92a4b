import { PlatformError } from '@tidewater/base'
import { GraphQLError } from 'graphql'

interface CodeAndCure {
  readonly code: string
  readonly cure: string
}

/** An error as a client may see it: with code and cure; anything unexpected is masked and handed to `report`. */
export const presentError = (error: GraphQLError, report: (cause: unknown) => void): GraphQLError => {
  const { code: known, cure: told } = error.extensions
  if (typeof known === 'string' && typeof told === 'string')
    return withExtensions(error, error.message, { ...error.extensions, code: known, cure: told })
  const cause = rootOf(error)
  if (cause instanceof PlatformError) {
    const { code, cure, path } = cause
    return withExtensions(error, error.originalError === undefined ? error.message : cause.message, {
      code,
      cure,
      ...(path === null ? {} : { path }),
    })
  }
  if (cause === undefined) return withExtensions(error, error.message, codeAndCureOf(error))
  report(cause)
  return withExtensions(error, 'something broke in here; it is in the log', {
    code: 'UNAVAILABLE',
    cure: 'ask again',
  })
}

/** By name, since two copies of the library may meet in one process. */
export const isGraphqlError = (error: unknown): error is GraphQLError =>
  error instanceof Error && error.name === 'GraphQLError' && 'extensions' in error

/** The error that was thrown at first; undefined when GraphQL itself refused. */
const rootOf = (error: unknown): unknown => {
  let cause: unknown = error
  while (isGraphqlError(cause)) cause = cause.originalError
  return cause
}

const withExtensions = (
  error: GraphQLError,
  message: string,
  told: CodeAndCure & { readonly path?: string },
): GraphQLError =>
  new GraphQLError(message, {
    ...(error.nodes === undefined ? {} : { nodes: error.nodes }),
    source: error.source ?? null,
    positions: error.positions ?? null,
    path: error.path ?? null,
    extensions: { ...told, ...httpOf(error) },
  })

/** Yoga takes the HTTP status from here and removes it. What fails before any field is resolved is a bad request. */
const httpOf = ({ extensions, path }: GraphQLError): object => {
  const { http } = extensions as { readonly http?: { readonly status?: number; readonly headers?: object } }
  if (path !== undefined) return {}
  return {
    http: { status: http?.status ?? 400, ...(http?.headers === undefined ? {} : { headers: http.headers }) },
  }
}

/** What the HTTP side of GraphQL refuses, and what to do about it. */
const KNOWN: readonly (readonly [string, CodeAndCure])[] = [
  ['body too large', { code: 'LIMIT', cure: 'send less in one request, or raise MAX_BODY_BYTES' }],
  ['invalid JSON', { code: 'BAD_INPUT', cure: 'send {"query": "{ … }"} as JSON' }],
  ['from a POST request', { code: 'BAD_INPUT', cure: 'send mutations by POST' }],
  ['Batching is not supported', { code: 'BAD_INPUT', cure: 'send one operation in a request' }],
  ['Must provide query', { code: 'BAD_INPUT', cure: 'send {"query": "{ … }"} as JSON' }],
]

const codeAndCureOf = ({ message }: GraphQLError): CodeAndCure => {
  if (/Cannot query field .* on type "Query"/.test(message)) {
    return { code: 'UNKNOWN_VIEW', cure: 'the schema at /graphql lists every view' }
  }
  for (const [part, told] of KNOWN) if (message.includes(part)) return told
  if (/more tha[nt] \d+ tokens/.test(message))
    return { code: 'LIMIT', cure: 'split the operation into several' }
  if (message.startsWith('Syntax Error')) return { code: 'BAD_INPUT', cure: 'correct the query text' }
  return { code: 'BAD_INPUT', cure: 'the schema at /graphql says what is allowed' }
}
