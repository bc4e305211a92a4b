import { createRequire } from 'node:module'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type FetchedRecord, readBatch, readRecords } from './record-batch.ts'

interface Encoder {
  readonly buffer: Buffer
}

/** kafkajs' own writer, which the broker accepts. */
const load = createRequire(import.meta.url)
const { RecordBatch } = load('kafkajs/src/protocol/recordBatch/v0') as {
  RecordBatch: (batch: object) => Promise<Encoder>
}
const Record = load('kafkajs/src/protocol/recordBatch/record/v0') as (record: object) => Encoder

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array))
const record = fc.record({
  key: fc.option(bytes),
  value: fc.option(bytes),
  timestampDelta: fc.integer({ min: -1e9, max: 1e12 }),
  headers: fc.dictionary(fc.stringMatching(/^[a-zé]{1,5}$/), bytes, { maxKeys: 3 }),
})

it('reads what kafkajs writes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(record, { minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 0, max: 2 ** 45 }),
      fc.nat(60),
      async (batches, firstOffset, cut) => {
        const encoded: Buffer[] = []
        for (const records of batches) {
          const written = records.map((one, offsetDelta) => Record({ ...one, offsetDelta }))
          const times = { firstTimestamp: 1_700_000_000_000, maxTimestamp: 1_700_000_000_000 }
          const batch = {
            compression: 0,
            firstOffset,
            ...times,
            lastOffsetDelta: records.length - 1,
            records: written,
          }
          encoded.push((await RecordBatch(batch)).buffer)
        }
        // Kafka cuts a response at the byte limit, in the middle of a batch.
        const whole = Buffer.concat([...encoded, (encoded[0] ?? Buffer.alloc(0)).subarray(0, cut)])
        const read: FetchedRecord[] = []
        for (let batch = readBatch(whole, 0); batch !== null; batch = readBatch(whole, batch.end)) {
          readRecords(batch, whole, batch.from, read)
        }
        const expected = batches.flatMap((records) =>
          records.map(({ key, value, timestampDelta, headers }, i) => ({
            offset: firstOffset + i,
            appendedAt: 1_700_000_000_000 + timestampDelta,
            key,
            value,
            headers: { ...headers },
          })),
        )
        expect(
          read.map(({ offset, appendedAt, key, value, headers }) => ({
            offset,
            appendedAt,
            key,
            value,
            headers: { ...headers },
          })),
        ).toEqual(expected)
      },
    ),
    { numRuns: 300 },
  )
})
