import type { Buffer } from 'node:buffer'

/** What records of one broker batch share; kafkajs asks it when it leaves out aborted transactions. */
export interface BatchContext {
  readonly producerId: string
  readonly inTransaction: boolean
}

type Headers = Readonly<Record<string, Buffer | undefined>>

const NO_HEADERS: Headers = Object.freeze({})

/** A batch whose records are unpacked. */
interface UnpackedBatch extends BatchRecords {
  readonly bytes: Buffer
}

/** One record of a fetch: where it lies; the rest is read when asked for. A fetch has many that wait long, so each is small. */
export class FetchedRecord {
  readonly offset: number
  private readonly batch: UnpackedBatch
  private readonly sinceBase: number
  private readonly at: number

  /** `at`: where its key begins; `sinceBase`: ms since the batch's base. */
  constructor(batch: UnpackedBatch, offset: number, sinceBase: number, at: number) {
    this.batch = batch
    this.offset = offset
    this.sinceBase = sinceBase
    this.at = at
  }

  /** ms; the broker's append time of a LogAppendTime topic. */
  get appendedAt(): number {
    const { isAppendTime, maxTimestamp, baseTimestamp } = this.batch
    return isAppendTime ? maxTimestamp : baseTimestamp + this.sinceBase
  }

  get isControlRecord(): boolean {
    return this.batch.isControl
  }

  get batchContext(): BatchContext {
    return this.batch.context
  }

  get key(): Buffer | null {
    return new ByteReader(this.batch.bytes, this.at).field()
  }

  get value(): Buffer | null {
    const reader = new ByteReader(this.batch.bytes, this.at)
    reader.skip()
    return reader.field()
  }

  get headers(): Headers {
    const reader = new ByteReader(this.batch.bytes, this.at)
    reader.skip()
    reader.skip()
    const count = reader.varint()
    return count > 0 ? readHeaders(reader, count) : NO_HEADERS
  }
}

/** A cursor over bytes in Kafka's encoding. */
export class ByteReader {
  readonly bytes: Buffer
  at: number

  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes
    this.at = at
  }

  /** Zigzag, up to 32 bits. */
  varint(): number {
    let byte = this.bytes[this.at++] ?? 0
    let value = byte & 0x7f
    for (let shift = 7; byte > 0x7f; shift += 7) {
      byte = this.bytes[this.at++] ?? 0
      value |= (byte & 0x7f) << shift
    }
    return (value >>> 1) ^ -(value & 1)
  }

  /** Bytes behind their length; null when it is negative. */
  field(): Buffer | null {
    const length = this.varint()
    return length < 0 ? null : this.bytes.subarray(this.at, (this.at += length))
  }

  skip(): void {
    const length = this.varint()
    if (length > 0) this.at += length
  }

  /** Zigzag, up to 64 bits, as a double: exact for every difference of two dates. */
  varlong(): number {
    let factor = 1
    let value = 0
    let byte: number
    do {
      byte = this.bytes[this.at++] ?? 0
      value += (byte & 0x7f) * factor
      factor *= 128
    } while (byte > 0x7f)
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }
}

const readHeaders = (reader: ByteReader, count: number): Headers => {
  const headers: Record<string, Buffer | undefined> = {}
  for (let i = 0; i < count; i++) {
    const nameLength = reader.varint()
    const name = reader.bytes.toString('utf8', reader.at, reader.at + nameLength)
    reader.at += nameLength
    // A name that comes twice keeps its last value.
    headers[name] = reader.field() ?? undefined
  }
  return headers
}

/** A batch of records as it lies in a fetch response (magic 2), its header read, its records not yet. */
export interface BatchRecords {
  readonly baseOffset: number
  readonly attributes: number
  readonly isControl: boolean
  readonly isAppendTime: boolean
  readonly baseTimestamp: number
  readonly maxTimestamp: number
  readonly context: BatchContext
  readonly count: number
  /** Where the records begin and the batch ends. */
  readonly from: number
  readonly end: number
}

/** Bytes before the records: offset 8, length 4, epoch 4, magic 1, crc 4, attributes 2, delta 4, times 16, producer 14, count 4. */
const HEADER_BYTES = 61
const LENGTH_AT = 8
const MAGIC_AT = 16
const APPEND_TIME = 0x8
const TRANSACTIONAL = 0x10
const CONTROL = 0x20

/** The batch that begins at `at`; null when the response ends before it does (Kafka cuts at the byte limit). */
export const readBatch = (bytes: Buffer, at: number): BatchRecords | null => {
  if (at + HEADER_BYTES > bytes.length) return null
  const end = at + LENGTH_AT + 4 + bytes.readInt32BE(at + LENGTH_AT)
  if (end > bytes.length) return null
  const attributes = bytes.readInt16BE(at + 21)
  const producerId = bytes.readBigInt64BE(at + 43).toString()
  return {
    baseOffset: Number(bytes.readBigInt64BE(at)),
    attributes,
    isControl: (attributes & CONTROL) !== 0,
    isAppendTime: (attributes & APPEND_TIME) !== 0,
    baseTimestamp: Number(bytes.readBigInt64BE(at + 27)),
    maxTimestamp: Number(bytes.readBigInt64BE(at + 35)),
    context: { producerId, inTransaction: (attributes & TRANSACTIONAL) !== 0 },
    count: bytes.readInt32BE(at + 57),
    from: at + HEADER_BYTES,
    end,
  }
}

export const magicOf = (bytes: Buffer): number => bytes[MAGIC_AT] ?? 0

/** Appends a batch's records to `into`. `bytes` from `at` are its records, unpacked. */
export const readRecords = (batch: BatchRecords, bytes: Buffer, at: number, into: FetchedRecord[]): void => {
  const reader = new ByteReader(bytes, at)
  const unpacked = { ...batch, bytes }
  for (let i = 0; i < batch.count; i++) {
    const length = reader.varint()
    const end = reader.at + length
    reader.at++ // attributes of a record are unused
    const sinceBase = reader.varlong()
    const offset = batch.baseOffset + reader.varint()
    into.push(new FetchedRecord(unpacked, offset, sinceBase, reader.at))
    reader.at = end
  }
}
