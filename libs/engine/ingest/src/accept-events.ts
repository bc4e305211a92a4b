import { partitionFor } from '@tidewater/base'
import { encodeKey } from '@tidewater/plan'
import type { NewRecord } from '@tidewater/ports'
import { ID_HEADER, givenIdentityOf } from '@tidewater/rows'
import type { EventDefinition } from 'tidewater'
import { type Decoder, compileDecoder } from './decoder.ts'
import { type Reason, Rejected, isRejected } from './rejection.ts'

export interface Verdict {
  /** Ready to append; `indexes[i]` is the place of `records[i]` among the values given, `ids[i]` its envelope id. */
  readonly records: readonly NewRecord[]
  readonly indexes: readonly number[]
  readonly ids: readonly string[]
  readonly rejected: readonly { readonly index: number; readonly reasons: readonly Reason[] }[]
  /** Accepted records that came without an id and got one from `newId`. */
  readonly withoutId: number
}

export interface AcceptContext {
  readonly partitions: number
  readonly now: number
  readonly newId: () => string
}

/** Larger values do not fit into one Kafka message beside their envelope. */
export const LARGEST_VALUE = 900_000

/** Judges values for one event: good neighbours of a bad one are accepted. Pure but for `newId`. */
export const compileAcceptance = (
  event: EventDefinition,
): ((values: readonly Uint8Array[], door: AcceptContext) => Verdict) => {
  const decode = limited(compileDecoder(event))
  const identity = givenIdentityOf(event)
  const keyType = event.fields.find(({ name }) => name === event.key)?.type ?? { kind: 'id' }
  const keyPart = [{ type: keyType, optional: false }]
  return (values, { partitions, now, newId }) => {
    const records: NewRecord[] = []
    const indexes: number[] = []
    const ids: string[] = []
    const rejected: { index: number; reasons: readonly Reason[] }[] = []
    let withoutId = 0
    values.forEach((value, index) => {
      const row = decode(value, now)
      if (isRejected(row)) {
        rejected.push({ index, reasons: row.reasons })
        return
      }
      const own = identity(row, value)
      if (own === null) withoutId++
      const id = own ?? newId()
      const key = encodeKey([row[event.key] ?? null], keyPart)
      // The id field of an event with `dedupe` is in its value already; a header would only say it twice.
      const headers: NewRecord['headers'] = event.dedupe === null || own === null ? { [ID_HEADER]: id } : {}
      records.push({ partition: partitionFor(key, partitions), key, value, headers })
      indexes.push(index)
      ids.push(id)
    })
    return { records, indexes, ids, rejected, withoutId }
  }
}

const limited =
  (decode: Decoder): Decoder =>
  (value, now) =>
    value !== null && value.length > LARGEST_VALUE ? TOO_LARGE : decode(value, now)

const TOO_LARGE = new Rejected([
  { field: null, message: `is larger than ${LARGEST_VALUE} bytes`, cure: 'send less in one event' },
])
