import { readHeaders } from '@tidewater/seam'
import { expect, test } from 'vitest'
import { pausedTopics } from './state-budget.ts'
import { openSales, sale, TOPIC } from '@tidewater/testing/sales'

test('one more stream pauses at each look while the store is full, and all go on when there is room', () => {
  const order = ['event.page', 'event.sale']
  expect(pausedTopics(99, 100, [], order)).toEqual([])
  expect(pausedTopics(100, 100, [], order)).toEqual(['event.page'])
  expect(pausedTopics(95, 100, ['event.page'], order)).toEqual(['event.page'])
  expect(pausedTopics(120, 100, ['event.page'], order)).toEqual(['event.page', 'event.sale'])
  expect(pausedTopics(120, 100, order, order)).toEqual(order)
  expect(pausedTopics(89, 100, order, order)).toEqual([])
})

test('a full store pauses the stream, answers say so, and nothing is lost when there is room again', async () => {
  const p = await openSales()
  let used = 0
  p.store.memory = async () => ({ used, most: 1_000 })
  const worker = await p.startSpeed({ name: 'w1', stateBudgetBytes: 100 })
  await p.log.append(TOPIC, [sale(1, 'a', 0), sale(2, 'b', 1)])
  await p.settle()
  used = 150
  const places = [0, 1].map((partition) => ({ topic: TOPIC, partition }))
  const halts = async () => (await readHeaders(p.store, places)).map((header) => header?.halted)
  const full = 'STATE_BUDGET: the state store holds 150 bytes and may hold 100'
  await p.until(async () => !(await halts()).includes(null))
  expect(await halts()).toEqual([full, full])
  await p.log.append(TOPIC, [sale(3, 'a', 0), sale(4, 'b', 1)])
  expect(worker.status().partitions.map(({ halted }) => halted)).toEqual(
    Array.from({ length: 2 }, () => full.slice('STATE_BUDGET: '.length)),
  )
  expect(await p.sold('ByShop')).toEqual({
    'a@0': { sales: 1, units: 1 },
    'b@0': { sales: 1, units: 2 },
  })
  used = 50
  await p.settle()
  expect(await halts()).toEqual([null, null])
  expect(await p.sold('ByShop')).toEqual({
    'a@0': { sales: 2, units: 4 },
    'b@0': { sales: 2, units: 6 },
  })
  await p.stop(worker)
})
