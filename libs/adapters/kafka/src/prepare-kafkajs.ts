import { registerCodecs } from './codecs.ts'
import { decodeFaster } from './kafkajs-decode-patch.ts'
import { handEmptyBatches } from './kafkajs-empty-batch-patch.ts'
import { beatSteadily } from './kafkajs-heartbeat-patch.ts'
import { joinWithoutTheDead } from './kafkajs-join-patch.ts'
import { stopIdleTimers } from './kafkajs-timer-patch.ts'

let prepared = false

/** Everything that is changed in kafkajs, once per process, before its first client. */
export const prepareKafkajs = (): void => {
  if (prepared) return
  prepared = true
  stopIdleTimers()
  beatSteadily()
  registerCodecs()
  decodeFaster()
  joinWithoutTheDead()
  handEmptyBatches()
}
