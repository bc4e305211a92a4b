import { must } from '@tidewater/base'
import type { GenerationRecord, Warehouse } from '@tidewater/ports'
import { openSales, TOPIC } from '@tidewater/testing/sales'
import { expect, test } from 'vitest'
import { loadBatchParts } from './load-batch-parts.ts'

const place = { topic: TOPIC, partition: 0 }

test('every group of a batch part is loaded, the last one too, and said so', async () => {
  const { store, machines } = await openSales(1)
  const machine = must(machines.get('ByShop'), 'the view')
  const generation: GenerationRecord = {
    ...{ number: 1, id: 'g1-x', builtAt: 0, duckdbFile: null, clickhouse: false, files: [] },
    ...{ cuts: [{ ...place, cut: 9 }], fingerprints: { ByShop: machine.fingerprint } },
  }
  const rowsOf = (shop: string) => machine.slotsOf(machine.zero(), { partition: 0, bucket: 0, keys: [shop] })
  const warehouse: Pick<Warehouse, 'slots'> = {
    slots: async function* () {
      yield [...rowsOf('a'), ...rowsOf('b')]
      yield rowsOf('c')
    },
  }
  const parts = await loadBatchParts(store, warehouse, place, generation, machines)
  expect(parts).toEqual([{ fingerprint: machine.fingerprint, groups: 3 }])
  const select = { kind: 'all' } as const
  const read = { fingerprint: machine.fingerprint, generation: generation.id, select }
  const [part] = (await store.read(place, [read])).parts
  expect(part?.batch.map(({ key }) => key).sort()).toEqual(['a', 'b', 'c'])
})
