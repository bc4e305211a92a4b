/** The baseline of `speed.throughput`, in a process of its own: kafkajs + JSON.parse and nothing else. */
import { Kafka, logLevel } from 'kafkajs'
import { measured } from './measured.ts'

const [brokers = '', topic = '', count = ''] = process.argv.slice(2)
const total = Number(count)
const kafka = new Kafka({ clientId: 'baseline', brokers: brokers.split(','), logLevel: logLevel.ERROR })
const consumer = kafka.consumer({
  groupId: `baseline-${process.pid}`,
  maxBytesPerPartition: 4 << 20,
  maxBytes: 32 << 20,
  maxWaitTimeInMs: 200,
})
await consumer.connect()
await consumer.subscribe({ topic, fromBeginning: true })

const meter = measured()
let seen = 0
let checksum = 0
const finished = new Promise<void>((resolve) => {
  void consumer.run({
    autoCommit: false,
    partitionsConsumedConcurrently: 8,
    eachBatch: ({ batch }) => {
      meter.start()
      for (const message of batch.messages) {
        const event: { at: number } = JSON.parse(message.value?.toString() ?? 'null')
        checksum += event.at % 7
      }
      seen += batch.messages.length
      if (seen >= total) resolve()
      return Promise.resolve()
    },
  })
})
await finished
console.log(JSON.stringify({ ...meter.stop(seen), checksum }))
await consumer.disconnect()
process.exit(0)
