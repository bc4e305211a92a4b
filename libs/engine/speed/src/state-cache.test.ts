import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { must } from '@tidewater/base'
import { compileView, type Machine } from '@tidewater/plan'
import { count, event, hours, id, instant, latest, minutes, session, view } from 'tidewater'
import { catalogOf } from 'tidewater/fixture'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CacheBudget } from './cache-budget.ts'
import type { Entry } from './entry.ts'
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
  add(cache, entry, { floor: 0, slice: 0 }, moments)
}
const add = (
  cache: StateCache,
  entry: Entry,
  { floor, slice }: { readonly floor: number; readonly slice: number },
  moments: readonly number[],
): void => {
  const group = cache.open(entry, floor)
  for (const at of moments) machine.add(group.stateOf(slice), { visitId: 'v', visitor: entry.key, at }, 0, 0)
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
  const budget = new CacheBudget(Infinity)
  const cache = new StateCache(machine, budget)
  const before = reachable()
  for (let n = 0; n < 20_000; n++) visit(cache, `visitor-${n}`, 1, ...everyMinute(12))
  commit(cache)
  expect(reachable() - before).toBeLessThan(1.5 * budget.held)
  cache.clear()
  expect(budget.held).toBe(0)
})

test('groups that are large are as many fewer: the caches of a worker keep within their bytes', () => {
  const budget = new CacheBudget(100_000)
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
  const budget = new CacheBudget(0)
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

test('a large group is written once for a commit, however many steps change it, and read once in all', () => {
  const done = { reads: 0, writes: 0 }
  const counted: Machine = {
    ...machine,
    decode: (...of) => (done.reads++, machine.decode(...of)),
    encode: (...of) => (done.writes++, machine.encode(...of)),
  }
  const cache = new StateCache(counted, new CacheBudget(10_000_000))
  visit(cache, 'large', 1, ...everyMinute(2_000))
  commit(cache)
  done.reads = 0
  done.writes = 0
  for (let step = 2; step < 100; step++) {
    visit(cache, 'large', step, START + step)
    cache.evict(step)
    if (step % 10 === 0) commit(cache)
  }
  expect(done).toEqual({ reads: 0, writes: 9 })
})

interface Act {
  readonly do: 'visit' | 'send' | 'answer' | 'evict' | 'cut' | 'publish' | 'fail' | 'clear'
  readonly visitor: string
  readonly at: number
}
/** All that a store gets when these things happen; nothing is so old that it may be dropped, be it now or later. */
const storedOf = (acts: readonly Act[], budget: CacheBudget): readonly (readonly [string, Uint8Array])[] => {
  const cache = new StateCache(machine, budget)
  const store = new Map<string, Uint8Array>()
  const history: (readonly [string, Uint8Array])[] = []
  const slices = { floor: 0, slice: 0 }
  let sent: (readonly [string, Uint8Array])[] | null = null
  let step = 0
  const happens: Readonly<Record<Act['do'], (act: Act) => void>> = {
    visit: ({ visitor, at }) => {
      const entry = cache.entry(0, visitor)
      if (!entry.known) cache.fill(entry, store.get(visitor) ?? null)
      entry.touched = ++step
      add(cache, entry, slices, [START + at])
    },
    send: () => {
      sent ??= cache.snapshot().map(({ key, value }) => [key, value.slice()] as const)
    },
    answer: () => {
      for (const write of sent ?? []) {
        store.set(...write)
        history.push(write)
      }
      if (sent !== null) cache.stored()
      sent = null
    },
    evict: () => cache.evict(++step),
    cut: () => void slices.slice++,
    publish: () => void (slices.floor = slices.slice),
    fail: () => {
      sent = null
      cache.dropChanged()
    },
    clear: () => {
      sent = null
      cache.clear()
    },
  }
  for (const act of acts) happens[act.do](act)
  cache.clear()
  expect([budget.held, budget.open]).toEqual([0, 0])
  return history
}

test('whichever groups stay open, the same is stored: over cuts, floors that rise, failed commits, groups given back', () => {
  const act: fc.Arbitrary<Act> = fc.record({
    do: fc.oneof(
      { weight: 60, arbitrary: fc.constant('visit' as const) },
      { weight: 30, arbitrary: fc.constantFrom('send' as const, 'answer' as const, 'evict' as const) },
      { weight: 6, arbitrary: fc.constantFrom('cut' as const, 'publish' as const) },
      { weight: 3, arbitrary: fc.constantFrom('fail' as const, 'clear' as const) },
    ),
    visitor: fc.constantFrom('a', 'b', 'c'),
    at: fc.nat(10_000_000),
  })
  fc.assert(
    fc.property(fc.array(act, { minLength: 100, maxLength: 200 }), fc.nat(8_000), (acts, most) => {
      const none = storedOf(acts, new CacheBudget(most, Infinity))
      expect(storedOf(acts, new CacheBudget(most, 1))).toEqual(none)
      expect(storedOf(acts, new CacheBudget(Infinity, 1))).toEqual(none)
    }),
  )
})

test('a large group that is taken back weighs nothing', () => {
  const budget = new CacheBudget(1_000_000, 1)
  const cache = new StateCache(machine, budget)
  visit(cache, 'a', 1, START)
  expect(budget.open).toBeGreaterThan(0)
  cache.dropChanged()
  expect([budget.held, budget.open]).toEqual([0, 0])
})
