import { useAsked } from '../../app/address.ts'
import { Link } from '../../app/link.tsx'
import { keysOf, type Definition } from '../../data/definitions.ts'
import { Tabs } from '../../parts/tabs.tsx'
import { title } from '../../words/title.ts'
import { Copies } from './copies.tsx'
import { Explain } from './explain.tsx'
import { Layers } from './layers.tsx'
import { questionOf } from './question.ts'
import { ViewData } from './view-data.tsx'

const TABS = [
  { id: 'data', name: 'Data' },
  { id: 'layers', name: 'Batch | speed' },
  { id: 'explain', name: 'Explain' },
  { id: 'copy', name: 'Use it' },
]

/** One view: its answers, where they come from, what it is, and how to ask for it elsewhere. */
export const OneView = ({ definition }: { readonly definition: Definition }) => {
  const { of, change } = useAsked()
  const question = questionOf(definition, of)
  const tab = TABS.find(({ id }) => id === of('tab'))?.id ?? 'data'
  const { name, doc, event, window, expires } = definition
  const by = keysOf(definition).map((key) => key.name)
  return (
    <>
      <header className="view-head">
        <p className="crumbs">
          <Link to="/views">Views</Link> <span aria-hidden="true">/</span> <code>{name}</code>
        </p>
        <h1>{title(name)}</h1>
        {doc === null ? null : <p className="quiet">{doc}</p>}
        <p className="view-row-tags">
          <span className="tag">from {event}</span>
          {by.length === 0 ? null : <span className="tag">by {by.join(', ')}</span>}
          {window === null ? null : <span className="tag">{window}</span>}
          {expires === null ? null : <span className="tag">forgets after {expires}</span>}
        </p>
      </header>
      <Tabs
        label={`About ${title(name)}`}
        tabs={TABS}
        chosen={tab}
        choose={(id) => change({ tab: id === 'data' ? null : id }, 'push')}
      >
        {tab === 'data' ? <ViewData definition={definition} question={question} /> : null}
        {tab === 'layers' ? <Layers definition={definition} question={question} /> : null}
        {tab === 'explain' ? <Explain definition={definition} /> : null}
        {tab === 'copy' ? <Copies definition={definition} question={question} /> : null}
      </Tabs>
    </>
  )
}
