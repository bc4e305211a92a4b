import type { Buffer } from 'node:buffer'

/** What records of one broker batch share; kafkajs asks it when it leaves out aborted transactions. */
export interface BatchContext {
  readonly producerId: string
  readonly inTransaction: boolean
}

type Headers = Readonly<Record<string, Buffer | undefined>>

const NO_HEADERS: Headers = Object.freeze({})

/** One record of a fetch: numbers, and views of the fetched bytes that are made when asked for. */
export class FetchedRecord {
  readonly offset: number
  /** ms; the broker's append time of a LogAppendTime topic. */
  readonly appendedAt: number
  readonly isControlRecord: boolean
  readonly batchContext: BatchContext
  readonly headers: Headers
  private readonly bytes: Buffer
  private readonly keyAt: number
  private readonly keyLength: number
  private readonly valueAt: number
  private readonly valueLength: number

  constructor(batch: BatchRecords, offset: number, appendedAt: number, reader: ByteReader) {
    this.offset = offset
    this.appendedAt = appendedAt
    this.isControlRecord = batch.isControl
    this.batchContext = batch.context
    this.bytes = reader.bytes
    this.keyLength = reader.varint()
    this.keyAt = reader.at
    if (this.keyLength > 0) reader.at += this.keyLength
    this.valueLength = reader.varint()
    this.valueAt = reader.at
    if (this.valueLength > 0) reader.at += this.valueLength
    const count = reader.varint()
    this.headers = count > 0 ? readHeaders(reader, count) : NO_HEADERS
  }

  get key(): Buffer | null {
    return this.keyLength < 0 ? null : this.bytes.subarray(this.keyAt, this.keyAt + this.keyLength)
  }

  get value(): Buffer | null {
    return this.valueLength < 0 ? null : this.bytes.subarray(this.valueAt, this.valueAt + this.valueLength)
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
    const length = reader.varint()
    // A name that comes twice keeps its last value.
    headers[name] = length < 0 ? undefined : reader.bytes.subarray(reader.at, reader.at + length)
    if (length > 0) reader.at += length
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
  for (let i = 0; i < batch.count; i++) {
    const length = reader.varint()
    const end = reader.at + length
    reader.at++ // attributes of a record are unused
    const delta = reader.varlong()
    const appendedAt = batch.isAppendTime ? batch.maxTimestamp : batch.baseTimestamp + delta
    into.push(new FetchedRecord(batch, batch.baseOffset + reader.varint(), appendedAt, reader))
    reader.at = end
  }
}
