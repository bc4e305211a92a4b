import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { must } from '@tidewater/base'
import { compileView } from '@tidewater/plan'
import { count, event, hours, id, instant, latest, minutes, session, view } from 'tidewater'
import { catalogOf } from 'tidewater/fixture'
import { expect, test } from 'vitest'
import { StateCache } from './state-cache.ts'

const Visit = event('Visit', {
  fields: { visitId: id(), visitor: id(), at: instant() },
  key: 'visitor',
  time: 'at',
  dedupe: 'visitId',
})
const Activity = view('Activity', {
  from: Visit,
  by: 'visitor',
  measure: (e) => ({
    visits: count(),
    lastMinute: count().last(minutes(1)),
    lastHour: count().last(hours(1)),
    length: session({ gap: minutes(30) }).seconds(),
    newest: latest(e.at),
  }),
})
const catalog = catalogOf([Visit, Activity])
const machine = compileView(must(catalog.views.get('Activity'), 'the view'), catalog)
const START = 1_700_000_000_000

/** Adds visits at these moments, as one step would. */
const visit = (cache: StateCache, visitor: string, step: number, ...moments: readonly number[]): void => {
  const entry = cache.entry(0, visitor)
  if (!entry.known) cache.fill(entry, null)
  entry.touched = step
  cache.open(entry, 0)
  for (const at of moments) machine.add(cache.live.stateOf(0), { visitId: 'v', visitor, at }, 0, 0)
  cache.close(entry, START)
}
const commit = (cache: StateCache): void => {
  cache.snapshot()
  cache.stored()
}
const everyMinute = (visits: number): readonly number[] =>
  Array.from({ length: visits }, (_, n) => START + n * 61_000)

/** Bytes of heap and of buffers that something still refers to. */
const reachable = (): number => {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

test('a group at rest is its bytes: the memory it takes is what the budget counts, and half as much again at most', () => {
  const budget = { most: Infinity, held: 0 }
  const cache = new StateCache(machine, budget)
  const before = reachable()
  for (let n = 0; n < 20_000; n++) visit(cache, `visitor-${n}`, 1, ...everyMinute(12))
  commit(cache)
  expect(reachable() - before).toBeLessThan(1.5 * budget.held)
  cache.clear()
  expect(budget.held).toBe(0)
})

test('groups that are large are as many fewer: the caches of a worker keep within their bytes', () => {
  const budget = { most: 100_000, held: 0 }
  const caches = [new StateCache(machine, budget), new StateCache(machine, budget)]
  for (let step = 1; step <= 100; step++) {
    for (const [c, cache] of caches.entries()) {
      visit(cache, `small-${step}-${c}`, step, START)
      visit(cache, `large-${step}-${c}`, step, ...everyMinute(2_000))
      commit(cache)
      cache.evict(step + 1)
      expect(budget.held).toBeLessThanOrEqual(budget.most)
    }
  }
})

test('what the store does not have yet is never given back, however little there may be', () => {
  const budget = { most: 0, held: 0 }
  const cache = new StateCache(machine, budget)
  visit(cache, 'sent', 1, START)
  const written = cache.snapshot().map(({ key, value }) => [key, value.slice()])
  visit(cache, 'dirty', 1, START)
  cache.evict(2)
  expect([cache.entry(0, 'sent').known, cache.entry(0, 'dirty').known]).toEqual([true, true])
  visit(cache, 'sent', 2, START + 1)
  cache.stored()
  cache.evict(3)
  expect(cache.entry(0, 'sent').known).toBe(true)
  expect(written).toHaveLength(1)
  expect(cache.snapshot().map(({ key }) => key)).toEqual(['dirty', 'sent'])
  cache.stored()
  cache.evict(4)
  expect(budget.held).toBe(0)
})
