import {
  approxDistinct,
  count,
  earliest,
  hours,
  latest,
  minutes,
  rate,
  ratioOf,
  sum,
  topK,
  tumbling,
  view,
} from 'tidewater'
import type { RowOf } from 'tidewater'
import { WebRequest } from './events.ts'

const load = (request: RowOf<typeof WebRequest>) => {
  const requests = count()
  const errors = count({ where: request.status.atLeast(400) })
  return { requests, errors, errorRate: ratioOf(errors, requests), bytes: sum(request.bytes) }
}

export const AddressTotals = view('AddressTotals', {
  doc: 'What each address has asked for since it was first seen, and how much of it failed.',
  from: WebRequest,
  by: 'ip',
  measure: (r) => ({
    ...load(r),
    paths: approxDistinct(r.path),
    missingPaths: approxDistinct(r.path, { where: r.status.is(404) }),
    firstSeen: earliest(r.at),
    lastSeen: latest(r.at),
  }),
  top: { n: 10, by: 'requests' },
})

export const AddressNow = view('AddressNow', {
  doc: 'What each address does right now. One that tries many paths which are not there is scanning.',
  from: WebRequest,
  by: 'ip',
  expires: hours(1),
  measure: (r) => {
    const missingPaths = approxDistinct(r.path, { where: r.status.is(404) }).last(minutes(10))
    return {
      requestsPerSecond: rate().last(minutes(5)),
      errorRate: ratioOf(count({ where: r.status.atLeast(400) }).last(minutes(5)), count().last(minutes(5))),
      paths: approxDistinct(r.path).last(minutes(10)),
      missingPaths,
      scanning: missingPaths.atLeast(10),
    }
  },
  top: { n: 10, by: 'missingPaths' },
})

export const RequestsByHour = view('RequestsByHour', {
  doc: 'The site hour by hour: load, failures, who came, and what was asked for most.',
  from: WebRequest,
  window: tumbling('hour'),
  measure: (r) => ({
    ...load(r),
    addresses: approxDistinct(r.ip),
    topPaths: topK(r.path, { n: 5 }),
    topMissing: topK(r.path, { n: 5, where: r.status.is(404) }),
  }),
})

export const StatusByHour = view('StatusByHour', {
  doc: 'How the site answered, hour by hour.',
  from: WebRequest,
  by: 'status',
  window: tumbling('hour'),
  measure: (r) => ({ requests: count(), bytes: sum(r.bytes) }),
})
