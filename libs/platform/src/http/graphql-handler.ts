import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  DOCUMENT_LIMITS,
  MAX_TOKENS,
  isGraphqlError,
  limitDocuments,
  presentError,
} from '@tidewater/engine-serving'
import type { OperationContext, Serving } from '@tidewater/engine-serving'
import type { Log } from '@tidewater/runtime'
import { GraphQLError, parse } from 'graphql'
import { createYoga } from 'graphql-yoga'
import type { Plugin } from 'graphql-yoga'

export interface GraphqlOptions {
  readonly maxBodyBytes: number
  /** The page to try queries on; it also needs introspection, which is always on. */
  readonly graphiql: boolean
  readonly log: Log
}

const WELCOME = `# Every view is a field of Query. Try:
{ status { views generation workers { name partitions } } }
`

/** /graphql on Node's own request and response. */
export const createGraphqlHandler = (
  serving: Serving,
  { maxBodyBytes, graphiql, log }: GraphqlOptions,
): ((request: IncomingMessage, response: ServerResponse) => void) => {
  const report = (cause: unknown): void => log.error('a question could not be answered', { error: cause })
  const yoga = createYoga<object, OperationContext>({
    schema: serving.schema,
    context: () => ({ operation: serving.begin() }),
    graphqlEndpoint: '/graphql',
    graphiql: graphiql ? { title: 'Tidewater', defaultQuery: WELCOME } : false,
    landingPage: false,
    batching: false,
    multipart: false,
    cors: false,
    logging: false,
    maxRequestBodySize: maxBodyBytes,
    maskedErrors: {
      maskError: (error) => (isGraphqlError(error) ? presentError(error, report) : masked(error, report)),
    },
    plugins: [limitPlugin(), errorPlugin(report)],
  })
  return (request, response) => {
    if (!isAllowed(request)) {
      response.writeHead(415, { 'content-type': 'application/json' })
      response.end(
        JSON.stringify({
          errors: [
            {
              message: 'A query is sent as application/json',
              extensions: { code: 'BAD_INPUT', cure: 'set content-type: application/json' },
            },
          ],
        }),
      )
      return
    }
    void yoga(request, response)
  }
}

const masked = (error: unknown, report: (cause: unknown) => void): GraphQLError =>
  presentError(
    new GraphQLError('', { originalError: error instanceof Error ? error : new Error(String(error)) }),
    report,
  )

/** Other sites can make a browser POST forms and plain text, but not JSON, without asking first (CSRF). */
const isAllowed = ({ method, headers }: IncomingMessage): boolean =>
  method !== 'POST' || /^application\/(graphql\+)?(json|graphql)/i.test(headers['content-type'] ?? '')

const limitPlugin = (): Plugin => ({
  onParse: ({ setParseFn }) => {
    setParseFn((source: Parameters<typeof parse>[0]) =>
      parse(source, { maxTokens: MAX_TOKENS, noLocation: false }),
    )
  },
  onValidate: ({ addValidationRule }) => {
    addValidationRule(limitDocuments(DOCUMENT_LIMITS))
  },
})

/** Refusals of GraphQL itself get a code and a cure too. */
const errorPlugin = (report: (cause: unknown) => void): Plugin => ({
  onResultProcess: ({ result, setResult }) => {
    if (Array.isArray(result) || !('errors' in result) || result.errors === undefined) return
    setResult({
      ...result,
      errors: result.errors.map((error) => (isGraphqlError(error) ? presentError(error, report) : error)),
    })
  },
})
