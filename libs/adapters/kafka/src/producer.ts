import { PlatformError } from '@tidewater/base'
import type { NewRecord } from '@tidewater/ports'
import kafkajs from 'kafkajs'
import type { Kafka, Message, Producer, RecordMetadata } from 'kafkajs'
import { type Append, batchLimits, type Piece, sizeOf, takePieces } from './append-queue.ts'
import { type Compression, RETRY } from './connect.ts'
import { ignoreUnheard } from './kafka-error.ts'
import { groupedAtOnce } from './kafkajs-group-patch.ts'

const { CompressionTypes, Partitioners } = kafkajs

const CODECS = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  zstd: CompressionTypes.ZSTD,
} as const

/** A record must leave room for the batch around it below the broker's default 1 MiB. */
const MAX_RECORD_BYTES = 1_000_000

/**
 * A broker that hangs keeps kafkajs waiting for minutes; whoever appends hears of it by now. Longer than a restart takes.
 */
const ANSWER_WITHIN_MS = 20_000

export interface LogProducer {
  append(topic: string, records: readonly NewRecord[]): Promise<readonly number[]>
  close(): Promise<void>
}

export interface ProducerOptions {
  readonly compression: Compression
  readonly lingerMs: number
}

/**
 * An idempotent producer (acks = all, one request in flight). Appends of one topic that arrive while a request is
 * under way, or within the linger, travel together and in order.
 */
export const createProducer = (kafka: Kafka, options: ProducerOptions): LogProducer => {
  let connected: Promise<Producer> | null = null
  const queues = new Map<string, Piece[]>()
  const running = new Map<string, Promise<void>>()
  const limits = batchLimits()

  const producer = (): Promise<Producer> => {
    connected ??= open(kafka).catch((error: unknown) => {
      connected = null
      throw error
    })
    return connected
  }

  /** After a failed send the outcome and so the sequence is unknown; a new producer id starts a clean one. */
  const replace = async (): Promise<void> => {
    const old = connected
    connected = null
    await old?.then((client) => client.disconnect()).catch(ignoreUnheard)
  }

  const drain = async (topic: string, queue: Piece[]): Promise<void> => {
    const offsets = new Map<Append, number[]>()
    if (options.lingerMs > 0) await new Promise((resolve) => setTimeout(resolve, options.lingerMs))
    while (queue.length > 0) {
      const pieces = takePieces(queue, limits.of(topic))
      try {
        const answers = await (await producer()).send(requestOf(topic, pieces, options.compression))
        settle(pieces, answers, offsets)
      } catch (error) {
        await replace()
        if (isTooLarge(error) && limits.halve(topic, pieces)) {
          queue.unshift(...pieces)
          continue
        }
        giveUp(topic, queue, pieces, error)
      }
    }
  }

  const start = (topic: string, queue: Piece[]): void => {
    if (running.has(topic)) return
    const work = drain(topic, queue).finally(() => {
      running.delete(topic)
      if (queue.length > 0) start(topic, queue)
    })
    running.set(topic, work)
  }

  return {
    append: (topic, records) => {
      if (records.length === 0) return Promise.resolve([])
      const large = records.findIndex((record) => sizeOf(record) > MAX_RECORD_BYTES)
      if (large >= 0) return Promise.reject(tooLarge(topic, large))
      return new Promise((resolve, reject) => {
        const queue = queues.get(topic) ?? []
        queues.set(topic, queue)
        const append = withDeadline({ records, resolve, reject }, (late) => {
          leaveOut(queue, new Set([late]))
          late.reject(unavailable(topic, `no answer within ${ANSWER_WITHIN_MS / 1_000} s`))
        })
        queue.push({ append, from: 0, to: records.length })
        start(topic, queue)
      })
    },
    close: async () => {
      await Promise.all(running.values())
      await replace()
    },
  }
}

const open = async (kafka: Kafka): Promise<Producer> => {
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    retry: RETRY,
    // Every record names its partition; saying so spares a warning.
    createPartitioner: Partitioners.DefaultPartitioner,
  })
  await producer.connect()
  return producer
}

const withDeadline = (append: Append, onLate: (append: Append) => void): Append => {
  const timer = setTimeout(() => onLate(watched), ANSWER_WITHIN_MS)
  const watched: Append = {
    records: append.records,
    resolve: (offsets) => {
      clearTimeout(timer)
      append.resolve(offsets)
    },
    reject: (reason) => {
      clearTimeout(timer)
      append.reject(reason)
    },
  }
  return watched
}

/** What of the pieces was kept is unknown, so nothing behind them in the same appends may go on. */
const giveUp = (topic: string, queue: Piece[], pieces: readonly Piece[], error: unknown): void => {
  const failed = new Set(pieces.map((piece) => piece.append))
  leaveOut(queue, failed)
  for (const append of failed) append.reject(isTooLarge(error) ? refused(topic) : unavailable(topic, error))
}

/** Takes out what is not under way yet; the rest may be kept or not. */
const leaveOut = (queue: Piece[], appends: ReadonlySet<Append>): void => {
  for (let i = queue.length - 1; i >= 0; i--) if (appends.has((queue[i] as Piece).append)) queue.splice(i, 1)
}

const requestOf = (topic: string, pieces: readonly Piece[], compression: Compression) => ({
  topic,
  acks: -1,
  compression: CODECS[compression],
  messages: groupedAtOnce(
    pieces.flatMap(({ append, from, to }) => append.records.slice(from, to).map(messageOf)),
  ),
})

const messageOf = (record: NewRecord): Message => ({
  partition: record.partition,
  key: record.key,
  value: Buffer.from(record.value.buffer, record.value.byteOffset, record.value.byteLength),
  headers: record.headers as Record<string, string>,
})

/** Gives each record its offset: the partition's base offset plus its place among the partition's records. */
const settle = (
  pieces: readonly Piece[],
  answers: readonly RecordMetadata[],
  offsets: Map<Append, number[]>,
): void => {
  const next = new Map(answers.map((answer) => [answer.partition, Number(answer.baseOffset)]))
  for (const { append, from, to } of pieces) {
    const found = offsets.get(append) ?? []
    offsets.set(append, found)
    for (let i = from; i < to; i++) {
      const partition = append.records[i]?.partition ?? 0
      const offset = next.get(partition)
      // kafkajs leaves out, without a word, what it has no leader for.
      if (offset === undefined) throw new Error(`there is no partition ${partition}`)
      next.set(partition, offset + 1)
      found.push(offset)
    }
    if (to < append.records.length) continue
    offsets.delete(append)
    append.resolve(found)
  }
}

const unavailable = (topic: string, cause: unknown): PlatformError => {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new PlatformError(
    'UNAVAILABLE',
    `Kafka did not confirm the append to ${topic}: ${reason}`,
    'send it again with the same ids',
  )
}

const isTooLarge = (error: unknown): boolean =>
  error instanceof Error && 'type' in error && TOO_LARGE.has(String(error.type))
const TOO_LARGE = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'])

const refused = (topic: string): PlatformError =>
  new PlatformError(
    'LIMIT',
    `A record is larger than topic ${topic} takes`,
    `send less in one event, or raise max.message.bytes of ${topic}`,
  )

const tooLarge = (topic: string, index: number): PlatformError =>
  new PlatformError(
    'LIMIT',
    `Record ${index} for ${topic} is larger than ${MAX_RECORD_BYTES} bytes`,
    'send less in one event',
  )
