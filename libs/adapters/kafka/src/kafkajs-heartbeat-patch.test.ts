import { createRequire } from 'node:module'
import { expect, it, vi } from 'vitest'
import { beatSteadily } from './kafkajs-heartbeat-patch.ts'

interface Group {
  memberId: string
  coordinator: { heartbeat(): Promise<void> }
  heartbeat(options: { interval: number }): Promise<void>
}

type MakeGroup = new (options: object) => Group

const load = createRequire(import.meta.url)

it('goes on sending heartbeats when the wall clock steps back an hour', async () => {
  beatSteadily()
  const ConsumerGroup = load('kafkajs/src/consumer/consumerGroup') as MakeGroup
  const silent = { namespace: () => silent }
  const group = new ConsumerGroup({ logger: silent, instrumentationEmitter: { emit: () => undefined } })
  let beats = 0
  group.memberId = 'm1'
  group.coordinator = { heartbeat: () => Promise.resolve(void beats++) }
  const clock = vi.spyOn(performance, 'now').mockReturnValue(10_000)
  const wall = vi.spyOn(Date, 'now').mockReturnValue(Date.now() - 3_600_000)
  await group.heartbeat({ interval: 2_000 })
  clock.mockReturnValue(11_999)
  await group.heartbeat({ interval: 2_000 })
  expect(beats).toBe(1)
  clock.mockReturnValue(12_000)
  await group.heartbeat({ interval: 2_000 })
  expect(beats).toBe(2)
  clock.mockRestore()
  wall.mockRestore()
})
