import { PlatformError } from '@tidewater/base'
import { GraphQLError } from 'graphql'

interface Told {
  readonly code: string
  readonly cure: string
}

/** An error as a client may see it: with code and cure; anything unexpected is masked and handed to `report`. */
export const presentError = (error: GraphQLError, report: (cause: unknown) => void): GraphQLError => {
  if (typeof error.extensions['code'] === 'string' && typeof error.extensions['cure'] === 'string') return error
  const cause = rootOf(error)
  if (cause instanceof PlatformError) {
    const { code, cure, path } = cause
    return withTold(error, error.originalError === undefined ? error.message : cause.message, { code, cure, ...(path === null ? {} : { path }) })
  }
  if (cause === undefined) return withTold(error, error.message, toldOf(error))
  report(cause)
  return withTold(error, 'something broke in here; it is in the log', { code: 'UNAVAILABLE', cure: 'ask again' })
}

/** The error that was thrown at first; undefined when GraphQL itself refused. */
const rootOf = (error: unknown): unknown => {
  let cause: unknown = error
  while (cause instanceof GraphQLError) cause = cause.originalError
  return cause
}

const withTold = (error: GraphQLError, message: string, told: Told & { readonly path?: string }): GraphQLError =>
  new GraphQLError(message, {
    ...(error.nodes === undefined ? {} : { nodes: error.nodes }),
    source: error.source ?? null,
    positions: error.positions ?? null,
    path: error.path ?? null,
    extensions: { ...httpOf(error), ...told },
  })

/** Yoga takes the HTTP status from here and removes it. */
const httpOf = ({ extensions }: GraphQLError): object => (extensions['http'] === undefined ? {} : { http: extensions['http'] })

const toldOf = ({ message }: GraphQLError): Told => {
  if (/Cannot query field .* on type "Query"/.test(message)) {
    return { code: 'UNKNOWN_VIEW', cure: 'the schema at /graphql lists every view' }
  }
  if (message.includes('contains more than')) return { code: 'LIMIT', cure: 'split the operation into several' }
  if (message.startsWith('Syntax Error')) return { code: 'BAD_INPUT', cure: 'correct the query text' }
  return { code: 'BAD_INPUT', cure: 'the schema at /graphql says what is allowed' }
}
