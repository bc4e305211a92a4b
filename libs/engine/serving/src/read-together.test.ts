import { must } from '@tidewater/base'
import { encodeHeader, GENESIS, protocol, type Pointer } from '@tidewater/seam'
import { openSales, TOPIC } from '@tidewater/testing/sales'
import { expect, test } from 'vitest'
import { readTogether } from './read-together.ts'
import type { ViewAccess } from './view-access.ts'

const place = { topic: TOPIC, partition: 0 }

test('of a view that a generation does not hold all slices are read, of one that it holds those from the cut on', async () => {
  const { store, machines } = await openSales(1)
  const machine = must(machines.get('ByShop'), 'the view')
  const access = { machine, view: machine.view, topic: TOPIC, homeText: () => null } as unknown as ViewAccess
  const oldestUnder = async (fingerprints: Pointer['fingerprints']): Promise<number | undefined> => {
    const pointer: Pointer = { ...GENESIS, number: 3, id: 'g3', fingerprints }
    const header = protocol.seedHeader(pointer, place, { end: 0, partitions: 1, strayed: false }, 'n')
    const next = encodeHeader(header)
    const expected = await store.header(place)
    await store.commit(place, { expected, next, writes: [], seen: [] })
    const partitions = { count: () => 1, grow: () => undefined }
    const ports = { store, partitions } as unknown as Parameters<typeof readTogether>[0]
    const pointers = { cached: async () => pointer, fresh: async () => pointer }
    const [read] = await readTogether(ports, pointers, [{ access, select: { kind: 'all' } }])
    return read?.oldestSlice
  }
  expect(await oldestUnder({})).toBe(0)
  expect(await oldestUnder({ ByShop: machine.fingerprint })).toBe(3)
})
