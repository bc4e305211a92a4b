import { GENESIS, protocol, readSlices, type Header } from '@tidewater/seam'
import { openSales, sale, TOPIC } from '@tidewater/testing/sales'
import { expect, test } from 'vitest'
import { CacheBudget } from './cache-budget.ts'
import { newCounters } from './counters.ts'
import { PartitionState } from './partition-state.ts'

const place = { topic: TOPIC, partition: 0 }
const HOUR = 3_600_000
const genesis: Header = protocol.seedHeader(GENESIS, place, { end: 0, partitions: 1, strayed: false }, 'n')

/** A partition's state under a header, and how it takes records: the first has the header's offset. */
const openState = async (header: Header) => {
  const { source } = await openSales(1)
  const state = new PartitionState(place, source, newCounters(), new CacheBudget(10_000))
  state.restart(header, { seen: [], operators: [] })
  const take = (...sent: readonly { readonly id: string; readonly appendedAt: number }[]): void => {
    const records = sent.map(({ id, appendedAt }, n) => {
      const offset = header.nextOffset + n
      return { ...sale(offset, 'a', 0, id), key: null, offset, appendedAt }
    })
    state.judge(records, 0, records.length, header.nextOffset, header)
    state.views.fill(state.views.missing().map(() => null))
    state.apply(records, 0, records.length, header)
  }
  return { state, take }
}

test('a broker whose clock falls back does not move the horizon back: a copy beyond it counts again', async () => {
  const { state, take } = await openState(genesis)
  take({ id: 's1', appendedAt: 0 }, { id: 's2', appendedAt: 25 * HOUR }, { id: 's1', appendedAt: HOUR })
  expect(state.reached.lastAppended).toBe(25 * HOUR)
  expect(state.snapshot().counts).toMatchObject({ events_applied: 3, events_duplicate: 0 })
})

test('a step that begins right before a cut puts the records behind it into the next slice', async () => {
  const cuts = [...genesis.cuts, { number: 1, id: null, cut: 8 }]
  const { state, take } = await openState({ ...genesis, nextOffset: 7, cuts })
  take({ id: 's1', appendedAt: 0 }, { id: 's2', appendedAt: 0 })
  const slices = state.snapshot().writes.map(({ value }) => readSlices(value).map(({ slice }) => slice))
  // one group without window, and one in the second minute: records 7 and 8 are of 1:10 and 1:20
  expect(slices).toEqual([
    [0, 1],
    [0, 1],
  ])
})
