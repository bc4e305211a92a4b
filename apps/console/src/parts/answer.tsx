import type { ReactNode } from 'react'
import type { Live } from '../data/use-live.ts'
import { Failure } from './failure.tsx'
import { Loading } from './loading.tsx'

interface AnswerProps<D> {
  readonly of: Live<D>
  readonly what: string
  readonly lines?: number
  readonly children: (data: D) => ReactNode
}

/** An answer in whatever state it is: not there yet, refused, old (greyed, with the reason above it), or fresh. */
export const Answer = <D,>({ of, what, lines, children }: AnswerProps<D>) => {
  const { data, error, isEarlier, askAgain } = of
  if (data === undefined)
    return error === null ? (
      <Loading what={what} {...(lines === undefined ? {} : { lines })} />
    ) : (
      <Failure error={error} askAgain={askAgain} />
    )
  return (
    <>
      {error === null || error.code === 'UNAVAILABLE' ? null : <Failure error={error} askAgain={askAgain} />}
      <div className={error !== null || isEarlier ? 'answer is-old' : 'answer'} aria-busy={isEarlier}>
        {children(data)}
      </div>
    </>
  )
}
