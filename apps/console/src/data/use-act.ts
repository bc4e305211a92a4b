import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { TadaDocumentNode } from 'gql.tada'
import { ask, LONG_PATIENCE_MS } from './ask.ts'
import type { AskError } from './ask-error.ts'

/** Something that is done to the platform, and how it went. */
export interface Act<D, V> {
  readonly run: (variables: V) => void
  readonly isRunning: boolean
  readonly done: D | undefined
  readonly error: AskError | null
  readonly forget: () => void
}

/** Whatever was known before it is asked for again afterwards. */
export const useAct = <D, V extends object>(document: TadaDocumentNode<D, V>): Act<D, V> => {
  const client = useQueryClient()
  const { mutate, isPending, data, error, reset } = useMutation<D, AskError, V>({
    mutationFn: (variables) => ask(document, variables, undefined, LONG_PATIENCE_MS),
    onSettled: () => client.invalidateQueries(),
  })
  return { run: (variables) => mutate(variables), isRunning: isPending, done: data, error, forget: reset }
}
