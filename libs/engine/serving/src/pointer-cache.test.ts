import { encodePointer, GENESIS, type Pointer } from '@tidewater/seam'
import { expect, test } from 'vitest'
import { createPointerCache } from './pointer-cache.ts'

const pointerTo = (number: number): Pointer => ({ ...GENESIS, number, id: `g${number}` })

/** A store whose pointer and clock a test moves, and how often it was asked. */
const openStore = () => {
  const store = { shown: pointerTo(1), now: 0, asked: 0 }
  const pointer = async () => {
    store.asked++
    return encodePointer(store.shown)
  }
  const clock = { now: () => store.now, elapsed: () => store.now }
  return { store, cache: createPointerCache({ pointer }, clock) }
}

test('a new generation shows after a quarter of a second, and is not asked for before', async () => {
  const { store, cache } = openStore()
  expect((await cache.cached())?.id).toBe('g1')
  store.shown = pointerTo(2)
  store.now = 249
  expect([(await cache.cached())?.id, store.asked]).toEqual(['g1', 1])
  store.now = 250
  expect([(await cache.cached())?.id, store.asked]).toEqual(['g2', 2])
})

test('who asks at the same time asks once; expired or stale it is asked for at once', async () => {
  const { store, cache } = openStore()
  await Promise.all([cache.cached(), cache.cached(), cache.fresh()])
  expect(store.asked).toBe(1)
  cache.expire()
  await cache.cached()
  await cache.fresh()
  expect(store.asked).toBe(3)
})

test('pages go on under a pointer seen lately; of many the oldest is forgotten', async () => {
  const { store, cache } = openStore()
  for (let number = 1; number <= 9; number++) {
    store.shown = pointerTo(number)
    await cache.fresh()
  }
  expect([cache.recall('g1'), cache.recall('g2')?.number, cache.recall('g9')?.number]).toEqual([null, 2, 9])
})
