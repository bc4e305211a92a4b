import type { Definition } from '../../data/definitions.ts'
import { graphql } from '../../data/graphql.ts'
import { useLive } from '../../data/use-live.ts'
import { Answer } from '../../parts/answer.tsx'
import { Code } from '../../parts/code.tsx'
import { Table } from '../../parts/table.tsx'

const EXPLAIN = graphql(`
  query Explain($view: String!) {
    definition(view: $view) {
      javascript
      sql {
        engine
        state
        answer
      }
    }
  }
`)

/** What a view is: its words, and what they become in each engine. */
export const Explain = ({ definition }: { readonly definition: Definition }) => {
  const answer = useLive(EXPLAIN, { view: definition.name }, { everyMs: null })
  return (
    <>
      <Facts definition={definition} />
      <Table
        label={`Columns of ${definition.name}`}
        rows={definition.columns}
        idOf={({ name }) => name}
        columns={[
          { id: 'name', name: 'column', show: ({ name }) => <strong>{name}</strong> },
          { id: 'role', name: 'role', show: ({ role }) => role.toLowerCase() },
          { id: 'type', name: 'type', show: ({ type, missing }) => `${type}${missing ? ' or missing' : ''}` },
          { id: 'definition', name: 'definition', show: (column) => <code>{column.definition}</code> },
        ]}
      />
      <Answer of={answer} what="what it is compiled to" lines={8}>
        {({ definition: explained }) => (
          <>
            <h2>SQL, what batch runs</h2>
            <div className="side-by-side">
              {(explained?.sql ?? []).map(({ engine, state, answer: answered }) => (
                <div key={engine} className="stack">
                  <Code title={`${engine}: state, from the raw rows`} text={state} />
                  <Code title={`${engine}: answer, from the state`} text={answered} />
                </div>
              ))}
            </div>
            <h2>JavaScript, what the stream runs</h2>
            <Code
              title="Generated from the same definition"
              text={(explained?.javascript ?? []).join('\n\n')}
            />
          </>
        )}
      </Answer>
    </>
  )
}

const Facts = ({ definition }: { readonly definition: Definition }) => {
  const { source, through, fingerprint, topic, where, window, expires, top, tiles, fields, table } =
    definition
  const facts: readonly (readonly [string, string | null])[] = [
    ['defined in', source],
    ['reads', topic],
    ['through', through.length === 0 ? null : through.join(' → ')],
    ['where', where],
    ['window', window],
    ['forgets a key after', expires],
    ['top', top],
    ['tiles', tiles.length === 0 ? null : tiles.join('; ')],
    ['GraphQL', fields.join(', ')],
    ['SQL', table],
    ['fingerprint', fingerprint],
  ]
  return (
    <dl className="facts">
      {facts.map(([name, text]) =>
        text === null ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <code>{text}</code>
            </dd>
          </div>
        ),
      )}
    </dl>
  )
}
