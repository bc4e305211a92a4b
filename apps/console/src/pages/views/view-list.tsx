import { addressOf, useAsked } from '../../app/address.ts'
import { Link } from '../../app/link.tsx'
import { keysOf, measuresOf, pipelineOf, type Definition } from '../../data/definitions.ts'
import { Empty } from '../../parts/empty.tsx'
import { TextField } from '../../parts/text-field.tsx'
import { plural } from '../../words/format.ts'
import { title } from '../../words/title.ts'

/** Every view, found by any word of its definition. */
export const ViewList = ({ definitions }: { readonly definitions: readonly Definition[] }) => {
  const { of, change } = useAsked()
  const find = of('find') ?? ''
  const found = definitions.filter((definition) => holds(definition, find))
  return (
    <>
      <header className="page-head">
        <h1>Views</h1>
        <TextField label="Find by any word" value={find} change={(text) => change({ find: text })} />
      </header>
      {found.length === 0 ? (
        <Empty title="No view has that word" />
      ) : (
        [...Map.groupBy(found, pipelineOf)].map(([pipeline, own]) => (
          <section key={pipeline} className="view-list" aria-labelledby={`views-${pipeline}`}>
            <h2 id={`views-${pipeline}`}>
              {title(pipeline)} <span className="quiet">{plural(own.length, 'view')}</span>
            </h2>
            <ul className="view-rows">
              {own.map((definition) => (
                <li key={definition.name}>
                  <ViewRow definition={definition} />
                </li>
              ))}
            </ul>
          </section>
        ))
      )}
    </>
  )
}

const ViewRow = ({ definition }: { readonly definition: Definition }) => {
  const { name, doc, event, window, expires } = definition
  const by = keysOf(definition).map((key) => key.name)
  return (
    <Link to={addressOf(['views', name])} className="view-row">
      <span className="view-row-name">{title(name)}</span>
      <span className="view-row-doc">{doc ?? '\u00a0'}</span>
      <span className="view-row-tags">
        <span className="tag">{event}</span>
        {by.length === 0 ? null : <span className="tag">by {by.join(', ')}</span>}
        {window === null ? null : <span className="tag">{window}</span>}
        {expires === null ? null : <span className="tag">for {expires}</span>}
        <span className="tag">{plural(measuresOf(definition).length, 'measure')}</span>
      </span>
    </Link>
  )
}

const holds = (definition: Definition, find: string): boolean => {
  const { name, doc, event, source, columns } = definition
  const text = [name, title(name), doc, event, source, ...columns.map((column) => column.name)]
    .join(' ')
    .toLowerCase()
  return find
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}
