import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startKafka } from '@tidewater/stack'

/**
 * One Kafka for all test files of a full run (it takes seconds to start): `sharedKafka()` of the stack finds it by
 * TEST_KAFKA. A run of single files starts its own when it needs one.
 */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.TEST_SERVERS !== 'shared' || process.env.TEST_KAFKA !== undefined) return undefined
  const dir = mkdtempSync(join(tmpdir(), 'tidewater-test-kafka-'))
  const kafka = await startKafka({ dir })
  process.env.TEST_KAFKA = kafka.url
  return async () => {
    await kafka.stop()
    delete process.env.TEST_KAFKA
    rmSync(dir, { recursive: true, force: true })
  }
}
