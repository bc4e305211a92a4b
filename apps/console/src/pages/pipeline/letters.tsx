import { useAsked } from '../../app/address.ts'
import { graphql } from '../../data/graphql.ts'
import { useLive } from '../../data/use-live.ts'
import { Answer } from '../../parts/answer.tsx'
import { Table } from '../../parts/table.tsx'
import { instant } from '../../words/format.ts'

const LETTERS = graphql(`
  query Letters($event: String!, $after: String) {
    dead(event: $event, first: 20, after: $after) {
      rows {
        offset
        at
        reason
        kind
        place
        key
        value
        retried
      }
      next
    }
  }
`)

/** The letters of an event, newest first. What they hold is shown as text, whatever it is. */
export const Letters = ({ event }: { readonly event: string }) => {
  const { of, change } = useAsked()
  const answer = useLive(LETTERS, { event, after: of('deadAfter') }, { everyMs: 3_000 })
  return (
    <Answer of={answer} what="the letters" lines={6}>
      {({ dead }) => (
        <>
          <Table
            label={`Letters of ${event}`}
            rows={dead.rows}
            idOf={({ offset }) => String(offset)}
            columns={[
              { id: 'at', name: 'at', show: ({ at }) => instant(at) },
              { id: 'place', name: 'place', show: ({ place }) => <code>{place}</code> },
              { id: 'reason', name: 'reason', show: ({ reason }) => reason },
              { id: 'value', name: 'what it held', show: ({ value }) => <Held text={value ?? ''} /> },
              {
                id: 'retried',
                name: 'retried',
                show: ({ retried }) =>
                  retried === null ? '–' : <span className="tag is-good">at {retried}</span>,
              },
            ]}
          />
          <div className="buttons">
            {of('deadAfter') === null ? null : (
              <button type="button" className="button is-small" onClick={() => change({ deadAfter: null })}>
                Newest
              </button>
            )}
            {dead.next === null ? null : (
              <button
                type="button"
                className="button is-small"
                onClick={() => change({ deadAfter: dead.next })}
              >
                Older
              </button>
            )}
          </div>
        </>
      )}
    </Answer>
  )
}

const AT_A_GLANCE = 120

const Held = ({ text }: { readonly text: string }) =>
  text.length <= AT_A_GLANCE ? (
    <code>{text}</code>
  ) : (
    <details>
      <summary>
        <code>{text.slice(0, AT_A_GLANCE)}…</code>
      </summary>
      <code>{text}</code>
    </details>
  )
