import { afterEach, describe, expect, test } from 'vitest'
import type { WorkerInfo, WorkerRegistry } from '@tidewater/ports'

/** A registry with no workers, and a way to let time pass for it. */
export interface RegistryUnderTest {
  readonly registry: WorkerRegistry
  pass(ms: number): Promise<void>
  close(): Promise<void>
}

const worker = (name: string, partitions: string[]): WorkerInfo => ({
  name,
  role: 'speed',
  pid: 7,
  startedAt: 1,
  partitions,
  counters: { events_applied: 12 },
})

/** What every WorkerRegistry must do. */
export const workerRegistryContract = (title: string, make: () => Promise<RegistryUnderTest>): void => {
  describe(`${title} as a WorkerRegistry`, () => {
    let under: RegistryUnderTest | null = null
    afterEach(async () => under?.close())

    test('lists who announced, by name, with the newest word of each', async () => {
      under = await make()
      const { registry } = under
      expect(await registry.workers()).toEqual([])
      await registry.announce(worker('b', []), 60_000)
      await registry.announce(worker('a', ['event.sale:0']), 60_000)
      await registry.announce(worker('b', ['event.sale:1']), 60_000)
      expect(await registry.workers()).toEqual([worker('a', ['event.sale:0']), worker('b', ['event.sale:1'])])
      await registry.leave('a')
      await registry.leave('nobody')
      expect(await registry.workers()).toEqual([worker('b', ['event.sale:1'])])
    })

    test('forgets who fell silent', async () => {
      under = await make()
      await under.registry.announce(worker('a', []), 40)
      await under.registry.announce(worker('b', []), 60_000)
      await under.pass(80)
      expect((await under.registry.workers()).map((w) => w.name)).toEqual(['b'])
    })
  })
}
