export type { Compression, KafkaOptions } from './connect.ts'
export { openKafkaLog } from './open-kafka-log.ts'
