import { PlatformError } from '@tidewater/base'
import { expect, test } from 'vitest'
import { CacheBudget } from './cache-budget.ts'
import { newCounters } from './counters.ts'
import { Lane } from './lane.ts'
import type { LanePorts } from './lane-ports.ts'
import { Task } from './task.ts'
import { openSales, sale, TOPIC } from '@tidewater/testing/sales'

const place = { topic: TOPIC, partition: 0 }
const limits = {
  commitEveryMs: 100,
  commitBehindMs: 2_000,
  maxChanges: 1_000,
  maxUncommitted: 1_000,
  operatorBytes: 1e9,
  stepRecords: 2,
}

/** A lane over memory ports, and what it asked of the log. */
const openLane = async () => {
  const p = await openSales(1)
  const readFrom: number[] = []
  const planned: { readonly ms: number; readonly run: () => void }[] = []
  const ports: LanePorts = {
    clock: p.clock,
    timers: { after: (ms, run) => (planned.push({ ms, run }), () => undefined) },
    bounds: async () => (await p.log.bounds(place.topic))[0] ?? { low: 0, high: 0 },
    readFrom: (_, offset) => void readFrom.push(offset),
    pause: () => undefined,
    archive: null,
    alarm: () => undefined,
    broken: (error) => {
      throw error
    },
  }
  const budget = new CacheBudget(1_000)
  const context = { ...p, counters: newCounters(), budget }
  const lane = new Lane(new Task(place, p.source, context), limits, ports)
  await lane.open()
  return { p, lane, readFrom, planned }
}

const recordsOf = (offsets: readonly number[]) =>
  offsets.map((offset) => {
    const { value, headers } = sale(offset, 'a', 0)
    return { offset, appendedAt: 1, key: null, value, headers }
  })

test('a heartbeat fails in the last batch: what is applied is stored, the rest is read again', async () => {
  const { p, lane, readFrom, planned } = await openLane()
  const records = recordsOf([...Array(10).keys()])
  const batch = { ...place, from: 0, records, nextOffset: 10, highWatermark: 10 }
  const heartbeat = async (): Promise<void> => {
    throw new PlatformError('UNAVAILABLE', 'the connection is closed', 'wait')
  }
  await p.advance(5_000)
  const control = { seek: () => undefined, heartbeat }
  await lane.handle(batch, control)
  expect([lane.task.position, readFrom]).toEqual([2, [2]])
  for (const { run } of planned.splice(0)) run()
  await expect.poll(() => lane.task.uncommitted).toBe(0)
  await lane.handle(batch, { ...control, heartbeat: async () => undefined })
  await lane.flush()
  expect(await p.sold('ByShop')).toEqual({ 'a@0': { sales: 10, units: 45 } })
})

test('far behind, what a batch left uncommitted waits for the next ones; near the end of the log it does not', async () => {
  const { lane, planned } = await openLane()
  const control = { seek: () => undefined, heartbeat: async () => undefined }
  await lane.handle(
    { ...place, from: 0, records: recordsOf([0]), nextOffset: 1, highWatermark: 10_002 },
    control,
  )
  expect([lane.task.uncommitted, planned.map(({ ms }) => ms)]).toEqual([1, [2_000]])
  const last = { ...place, from: 1, records: recordsOf([1]), nextOffset: 2, highWatermark: 10_002 }
  await lane.handle(last, control)
  expect(planned.map(({ ms }) => ms)).toEqual([2_000, 100])
})

test('a batch that begins one record too late is not applied: the log is sent back to what is missing', async () => {
  const { lane } = await openLane()
  const sought: number[] = []
  const control = {
    seek: (_: unknown, offset: number) => void sought.push(offset),
    heartbeat: async () => undefined,
  }
  const batchFrom = (from: number) => ({
    ...{ ...place, from, records: recordsOf([from]), nextOffset: from + 1, highWatermark: 3 },
  })
  await lane.handle(batchFrom(0), control)
  await lane.handle(batchFrom(2), control)
  expect([lane.task.position, sought]).toEqual([1, [1]])
  await lane.handle(batchFrom(1), control)
  await lane.handle(batchFrom(2), control)
  expect(lane.task.position).toBe(3)
})
