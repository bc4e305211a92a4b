import { print } from '@0no-co/graphql.web'
import type { TadaDocumentNode } from 'gql.tada'
import { noteAnswer, noteSilence } from './connection.ts'
import { AskError, type Refusal } from './ask-error.ts'

const PATIENCE_MS = 20_000
/** Building a generation takes as long as it takes. */
export const LONG_PATIENCE_MS = 3_600_000

interface Answer<D> {
  readonly data?: D | null
  readonly errors?: readonly Refusal[]
}

/** Asks the platform this page came from. Rejects with an `AskError`: the platform's own, or `UNAVAILABLE`. */
export const ask = async <D, V extends object>(
  document: TadaDocumentNode<D, V>,
  variables: V,
  signal?: AbortSignal,
  patienceMs = PATIENCE_MS,
): Promise<D> => {
  const { data, errors } = await askText<D>(print(document), variables, signal, patienceMs)
  const [refusal] = errors ?? []
  if (refusal !== undefined) throw AskError.of(refusal)
  if (data === undefined || data === null) throw new AskError('UNAVAILABLE', 'The answer was empty.')
  return data
}

/** A question as somebody wrote it; refusals are part of the answer. */
export const askText = async <D>(
  query: string,
  variables: object,
  signal?: AbortSignal,
  patienceMs = PATIENCE_MS,
): Promise<Answer<D>> => {
  const response = await post(JSON.stringify({ query, variables }), signal, patienceMs)
  const answer = await readAnswer<D>(response, signal)
  noteAnswer()
  return answer
}

const post = async (body: string, signal: AbortSignal | undefined, patienceMs: number): Promise<Response> => {
  const patience = AbortSignal.timeout(patienceMs)
  try {
    return await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body,
      signal: signal === undefined ? patience : AbortSignal.any([signal, patience]),
    })
  } catch (error) {
    if (signal?.aborted === true) throw error
    throw unavailable(patience.aborted ? 'It did not answer in time.' : 'It does not answer.')
  }
}

const readAnswer = async <D>(response: Response, signal: AbortSignal | undefined): Promise<Answer<D>> => {
  try {
    const answer = (await response.json()) as Answer<D>
    if (typeof answer === 'object' && ('data' in answer || 'errors' in answer)) return answer
  } catch (error) {
    if (signal?.aborted === true) throw error
    if (!(error instanceof SyntaxError)) throw unavailable('Its answer broke off.')
  }
  throw unavailable(`It answered with HTTP ${response.status}, but not as a platform does.`)
}

const unavailable = (why: string): AskError => {
  noteSilence()
  return new AskError('UNAVAILABLE', `The platform is out of reach. ${why}`, 'start it with npm start')
}
