import kafkajs from 'kafkajs'
import type { Kafka, logLevel as LogLevel } from 'kafkajs'
import { prepareKafkajs } from './prepare-kafkajs.ts'
import { nameProcess } from './process-name.ts'

export type Compression = 'none' | 'gzip' | 'zstd'

export interface KafkaOptions {
  readonly brokers: readonly string[]
  readonly clientId: string
  /** Of what we write; every codec can be read. Default 'none': on one machine bytes are cheaper than CPU. */
  readonly compression?: Compression
  /** How long an append collects neighbours of its topic before it is sent, ms. Default 1. */
  readonly lingerMs?: number
  /** Copies of each partition. Default 1. */
  readonly replication?: number
  /** How long a group waits for a reader it does not hear of, ms. Default 6,000, the least a broker allows. */
  readonly sessionMs?: number
  /** What kafkajs has to say beyond errors we already pass on; default: nobody listens. */
  readonly onLog?: (level: 'error' | 'warn', message: string, fields: object) => void
}

/** kafkajs' own tries (5 s) before it gives up and the caller decides; its consumers then start over by themselves. */
export const RETRY = { retries: 5, initialRetryTime: 200, maxRetryTime: 2_000, multiplier: 2, factor: 0.2 }

/** Tries to connect happen inside each of those, so they are few. */
const CONNECT_RETRY = { ...RETRY, retries: 4 }

/** A producer that gave up is replaced by one with a new id, so its sequence never goes on in doubt. */
const BY_DESIGN = 'Limiting retries for the idempotent producer'

export const connect = (options: KafkaOptions): Kafka => {
  prepareKafkajs()
  const { logLevel } = kafkajs
  const levels: Partial<Record<LogLevel, 'error' | 'warn'>> = {
    [logLevel.ERROR]: 'error',
    [logLevel.WARN]: 'warn',
  }
  return new kafkajs.Kafka({
    clientId: nameProcess(options.clientId),
    brokers: [...options.brokers],
    connectionTimeout: 5_000,
    requestTimeout: 30_000,
    retry: CONNECT_RETRY,
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => {
      const level = levels[entry.level]
      if (level !== undefined && !entry.log.message.startsWith(BY_DESIGN))
        options.onLog?.(level, entry.log.message, entry.log)
    },
  })
}
