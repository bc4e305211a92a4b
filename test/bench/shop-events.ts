import { partitionFor } from '@tidewater/base'

/** Kinds with their frequency, as in the peers' input: 3/8 page views, 2/8 clicks, 1/8 each of the rest. */
const TYPES = ['page_view', 'page_view', 'page_view', 'click', 'click', 'search', 'add_to_cart', 'purchase']
const FIRST_MS = 1_700_000_000_000

export interface RawEvent {
  readonly partition: number
  readonly key: string
  readonly value: string
}

/** Seeded shop events 1 ms apart: about 90,000 users in a million, a few of them very busy. */
export function* shopEvents(count: number, partitions: number): Generator<RawEvent> {
  let seed = 42
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return seed / 4294967296
  }
  const hex = () =>
    Math.floor(random() * 4294967296)
      .toString(16)
      .padStart(8, '0')
  for (let i = 0; i < count; i++) {
    const key = `u${Math.floor(random() * random() * 100_000)}`
    const type = TYPES[Math.floor(random() * 8)]
    const product = `p${Math.floor(random() * 5000)}`
    const amount = (Math.floor(random() * 10_000 + 0.5) / 100).toString()
    const id = `${hex()}${hex()}${hex()}${i.toString(16).padStart(8, '0')}`
    const value =
      `{"eventId":"${id}","userId":"${key}","sessionId":"${key}-s","at":${FIRST_MS + i},` +
      `"type":"${type}","productId":"${product}","amount":${amount}}`
    yield { partition: partitionFor(key, partitions), key, value }
  }
}
