import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { TadaDocumentNode } from 'gql.tada'
import { ask } from './ask.ts'
import type { AskError } from './ask-error.ts'

/** What is known of an answer that is asked for again and again. */
export interface Live<D> {
  /** The last one that came; undefined: none yet. */
  readonly data: D | undefined
  /** Why the newest question has no answer; null: it has. */
  readonly error: AskError | null
  /** When `data` came, ms of this browser's clock. */
  readonly cameAt: number
  /** Whether `data` answers an earlier question: another range, another filter. */
  readonly isEarlier: boolean
  readonly askAgain: () => void
}

export interface LiveOptions {
  /** How long an answer is good for, ms; null: it does not change. */
  readonly everyMs: number | null
  readonly enabled?: boolean
}

/** Asks now and every `everyMs` while the page is looked at. An answer stays while the next one is on its way, or fails. */
export const useLive = <D, V extends object>(
  document: TadaDocumentNode<D, V>,
  variables: V,
  { everyMs, enabled = true }: LiveOptions,
): Live<D> => {
  const { data, error, dataUpdatedAt, isPlaceholderData, refetch } = useQuery<D, AskError>({
    queryKey: [document, variables],
    queryFn: ({ signal }) => ask(document, variables, signal),
    enabled,
    refetchInterval: everyMs ?? false,
    staleTime: everyMs ?? Infinity,
    placeholderData: keepPreviousData,
  })
  return {
    data,
    error,
    cameAt: dataUpdatedAt,
    isEarlier: isPlaceholderData,
    askAgain: () => void refetch(),
  }
}
