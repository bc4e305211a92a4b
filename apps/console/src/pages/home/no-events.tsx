import type { Definition } from '../../data/definitions.ts'
import { Empty } from '../../parts/empty.tsx'

/** A view that has nothing to show yet, and how events get in. */
export const NoEvents = ({ definition: { event, where }, since }: NoEventsProps) => (
  <Empty title={`Nothing ${since}`}>
    {where === null ? null : (
      <p>
        It takes <code>{event}</code> where <code>{where}</code>.
      </p>
    )}
    <p>
      Send one to <code>POST /events/{event}</code>, or load a file:
    </p>
    <p>
      <code>npx --no tidewater load FILE --event {event}</code>
    </p>
  </Empty>
)

interface NoEventsProps {
  readonly definition: Definition
  readonly since: string
}
