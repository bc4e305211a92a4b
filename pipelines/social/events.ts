import { boolean, event, id, instant, int, minutes, text } from 'tidewater'
import type { Row } from 'tidewater'

export const Edit = event('Edit', {
  doc: 'Somebody changed a page.',
  fields: {
    page: id(),
    user: id(),
    at: instant(),
    added: int(),
    deleted: int().optional(),
    channel: text().optional(),
    namespace: text().optional(),
    isRobot: boolean().optional(),
    isAnonymous: boolean().optional(),
    isNew: boolean().optional(),
  },
  key: 'page',
  time: 'at',
  lateness: minutes(10),
})
export type Edit = Row<typeof Edit>
