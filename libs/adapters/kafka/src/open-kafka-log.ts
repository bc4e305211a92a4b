import { PlatformError } from '@tidewater/base'
import type { EventLog } from '@tidewater/ports'
import type { Admin } from 'kafkajs'
import { type KafkaOptions, RETRY, connect } from './connect.ts'
import { createProducer } from './producer.ts'
import { subscribe } from './subscription.ts'
import { boundsOf, ensureTopics, retentionOf } from './topics.ts'

/** The event log on Kafka. Connections are opened when first needed; `close` ends all but subscriptions, which stop themselves. */
export const openKafkaLog = (options: KafkaOptions): EventLog => {
  const kafka = connect(options)
  const producer = createProducer(kafka, {
    compression: options.compression ?? 'none',
    lingerMs: options.lingerMs ?? 1,
  })
  let connected: Promise<Admin> | null = null
  const admin = (): Promise<Admin> => {
    connected ??= openAdmin().catch((error: unknown) => {
      connected = null
      throw error
    })
    return connected
  }
  const openAdmin = async (): Promise<Admin> => {
    const client = kafka.admin({ retry: RETRY })
    await client.connect()
    return client
  }
  /** Rejections come as sentences, not as kafkajs' own errors. */
  const ask = async <T>(question: (client: Admin) => Promise<T>): Promise<T> => {
    try {
      return await question(await admin())
    } catch (error) {
      throw error instanceof PlatformError ? error : away(options.brokers, error)
    }
  }
  const bounds = (topic: string) => ask((client) => boundsOf(client, topic))
  return {
    ensureTopics: (specs) => ask((client) => ensureTopics(client, specs, options.replication ?? 1)),
    bounds,
    retentionMs: (topic) => ask((client) => retentionOf(client, topic)),
    append: (topic, records) => producer.append(topic, records),
    read: (read, reader) => subscribe(kafka, { ...read, bounds, sessionMs: options.sessionMs }, reader),
    close: async () => {
      await producer.close()
      await connected?.then((client) => client.disconnect())
    },
  }
}

const away = (brokers: readonly string[], cause: unknown): PlatformError => {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const message = `Kafka at ${brokers.join(', ')} did not answer: ${reason}`
  return new PlatformError('UNAVAILABLE', message, 'check that it runs and that KAFKA_BROKERS names it')
}
