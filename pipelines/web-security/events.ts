import { event, id, instant, int, minutes, text } from 'tidewater'
import type { Row } from 'tidewater'

export const WebRequest = event('WebRequest', {
  doc: 'A request that a web server answered: a line of its access log.',
  fields: {
    ip: id(),
    at: instant(),
    method: text(),
    path: text(),
    status: int(),
    bytes: int(),
    agent: text().optional(),
    referrer: text().optional(),
  },
  key: 'ip',
  time: 'at',
  lateness: minutes(10),
})
export type WebRequest = Row<typeof WebRequest>
