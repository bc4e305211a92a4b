import type { EventLog } from '@tidewater/ports'
import type { Admin } from 'kafkajs'
import { type KafkaOptions, connect } from './connect.ts'
import { createProducer } from './producer.ts'
import { subscribe } from './subscription.ts'
import { boundsOf, ensureTopics } from './topics.ts'

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
    const client = kafka.admin()
    await client.connect()
    return client
  }
  const bounds = async (topic: string) => boundsOf(await admin(), topic)
  return {
    ensureTopics: async (specs) => ensureTopics(await admin(), specs, options.replication ?? 1),
    bounds,
    append: (topic, records) => producer.append(topic, records),
    read: (read, reader) => subscribe(kafka, { ...read, bounds }, reader),
    close: async () => {
      await producer.close()
      await connected?.then((client) => client.disconnect())
    },
  }
}
