import { ensureGenesis, registerGeneration } from '@tidewater/seam'
import { openSales, TOPIC } from '@tidewater/testing/sales'
import { expect, test } from 'vitest'

const place = { topic: TOPIC, partition: 0 }

test('a generation gets its name only where all groups of its batch part are', async () => {
  const p = await openSales(1)
  const { store } = p
  await ensureGenesis(p, [place], null)
  const group = (key: string) => ({ bucket: 0, key, value: new Uint8Array([1]) })
  const register = async (): Promise<string> => {
    const parts = [{ fingerprint: 'f1', groups: 2 }]
    const generation = { number: 1, id: 'g1-x', cut: 0, strayed: false, lacks: [], parts }
    const change = await registerGeneration(store, place, generation, p.nonce)
    return change.kind === 'done' ? 'done' : change.reason
  }
  await store.loadBatch(place, 'g1-x', 'f1', [group('a')])
  expect(await register()).toBe('incomplete')
  await store.loadBatch(place, 'g1-x', 'f1', [group('b')])
  expect(await register()).toBe('done')
})
