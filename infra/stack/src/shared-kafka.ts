import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startKafka } from './kafka.ts'

/**
 * A broker for a test file: the one of the whole run when there is one (name your topics uniquely), else one of its own.
 * Call `stop` in either case.
 */
export async function sharedKafka(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const shared = process.env.TEST_KAFKA
  if (shared !== undefined) return { url: shared, stop: () => Promise.resolve() }
  const dir = mkdtempSync(join(tmpdir(), 'tidewater-kafka-'))
  const kafka = await startKafka({ dir })
  return {
    url: kafka.url,
    stop: async () => {
      await kafka.stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
