import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useAsked } from '../../app/address.ts'
import type { AskError } from '../../data/ask-error.ts'
import { askText } from '../../data/ask.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { curlOf } from '../views/printed.ts'
import { Editor } from './editor.tsx'
import { Examples } from './examples.tsx'
import { recall, remember } from './history.ts'
import { Result, type Replied } from './result.tsx'
import { useSchema } from './use-schema.ts'
import './query.css'

const FIRST = `# Every view is a field. Ctrl-Space completes, Ctrl-Enter asks.
{
  status {
    views
    generation
    events { event accepted applied waiting balanced }
  }
}
`

/** A question in GraphQL, completed by the platform's own schema; it stands in the address. */
export const Query = () => {
  const { of, change } = useAsked()
  const text = of('q') ?? FIRST
  const schema = useSchema()
  const [past, setPast] = useState(recall)
  const asking = useMutation<Replied, AskError, string>({
    mutationFn: async (query) => {
      const began = performance.now()
      const answer = await askText<unknown>(query, {})
      return { ...answer, ms: performance.now() - began }
    },
  })
  const ask = (query: string): void => {
    setPast(remember(query))
    asking.mutate(query)
  }
  const write = (query: string): void => change({ q: query === FIRST ? null : query })
  return (
    <>
      <header className="page-head">
        <h1>Query</h1>
        <div className="buttons">
          <CopyButton text={curlOf(text, location.origin)} what="Copy as curl" />
          <button
            type="button"
            className="button is-main"
            disabled={asking.isPending}
            onClick={() => ask(text)}
          >
            Ask <kbd>Ctrl ⏎</kbd>
          </button>
        </div>
      </header>
      <div className="query">
        <section className="query-editor" aria-label="Question">
          <Editor text={text} write={write} ask={ask} schema={schema} />
        </section>
        <div className="query-examples stack">
          <Examples past={past} choose={write} />
        </div>
        <section className="query-answer stack" aria-label="Answer" aria-live="polite">
          <Result answer={asking.data} error={asking.error} isAsking={asking.isPending} />
        </section>
      </div>
    </>
  )
}
