import { expect, test } from 'vitest'
import type { Header } from './header.ts'
import { firstHomes, isHomeEnough, strayedBelow } from './homes.ts'
import { GENESIS } from './pointer.ts'
import { own, seedHeader } from './protocol.ts'

const topic = 'event.sale'
const place = { topic, partition: 0 }
const headerOf = (partitions: number): Header =>
  seedHeader(GENESIS, place, { end: 0, partitions, strayed: false }, 'n')
const cutsOf = (cuts: readonly number[], strayed?: boolean) => ({
  cuts: cuts.map((cut, partition) => ({
    ...{ topic, partition, cut },
    ...(strayed === undefined ? {} : { strayed }),
  })),
})

test('a reader looks at home alone only where nothing strayed and both know of as many partitions', () => {
  expect([4, 8, 2].map((partitions) => isHomeEnough(headerOf(4), partitions))).toEqual([true, false, false])
  expect(isHomeEnough({ ...headerOf(4), strayed: true }, 4)).toBe(false)
})

test('the first header of a partition promises homes only when no worker has owned any of the topic before', () => {
  const owned = own(headerOf(2), 't1', 'n1')
  const strayed = (...headers: readonly (Header | null)[]): boolean =>
    firstHomes(place, headers, null).strayed
  expect(strayed(null, null)).toBe(false)
  expect(strayed(null, headerOf(2))).toBe(false)
  expect(strayed(null, owned)).toBe(true)
  expect(strayed(null, headerOf(1))).toBe(true)
})

test('below the cuts of a generation may be strays unless it says that there are none, of all partitions', () => {
  expect(strayedBelow(null, place, 2)).toBe(false)
  expect(strayedBelow(cutsOf([0, 0]), place, 2)).toBe(false)
  expect(strayedBelow(cutsOf([5, 0], false), place, 2)).toBe(false)
  expect(strayedBelow(cutsOf([5, 0], true), place, 2)).toBe(true)
  expect(strayedBelow(cutsOf([5, 0]), place, 2)).toBe(true)
  expect(strayedBelow(cutsOf([5, 0], false), place, 3)).toBe(true)
})
