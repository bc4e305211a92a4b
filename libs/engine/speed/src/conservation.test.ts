import type { LogRecord } from '@tidewater/ports'
import { endOf, readHeaders, recordCut, type Header } from '@tidewater/seam'
import { PlatformError } from '@tidewater/base'
import { expect, test } from 'vitest'
import { CacheBudget } from './cache-budget.ts'
import { newCounters } from './counters.ts'
import { Task } from './task.ts'
import { openSales, sale, TOPIC } from '@tidewater/testing/sales'

const place = { topic: TOPIC, partition: 0 }

/** mulberry32: the same schedule for the same seed. */
const randomOf = (seed: number) => (n: number) => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) % n
}

/** What a log of one partition holds, and what of it is below an offset by a plain look at each record. */
const randomLog = (random: (n: number) => number) => {
  const records: LogRecord[] = []
  const kinds: { offset: number; kind: 'applied' | 'duplicate' | 'dead' }[] = []
  let [offset, fresh] = [0, 0]
  for (let i = 0; i < 120; i++) {
    offset += random(8) === 0 ? 1 + random(3) : 0
    const what = random(4)
    const kind = what === 0 ? 'dead' : what === 1 && fresh > 0 ? 'duplicate' : 'applied'
    const id = kind === 'duplicate' ? `s${random(fresh)}` : `s${fresh++}`
    const { value } = sale(i, `shop${random(5)}`, 0, id)
    // An id of a dead record is never seen, so it is no copy of anything and nothing is a copy of it.
    if (kind === 'dead') fresh--
    const given = { key: null, headers: {}, appendedAt: 1_000_000 + i }
    records.push({ ...given, offset, value: kind === 'dead' ? new Uint8Array() : value })
    kinds.push({ offset, kind })
    offset++
  }
  const below = (end: number) => {
    const passed = kinds.filter((record) => record.offset < end)
    const of = (kind: string): number => passed.filter((record) => record.kind === kind).length
    const absent = end - passed.length
    return { from: 0, applied: of('applied'), duplicate: of('duplicate'), dead: of('dead'), absent }
  }
  return { records, below, end: offset }
}

const read = async (p: Awaited<ReturnType<typeof openSales>>): Promise<Header> => {
  const [header] = await readHeaders(p.store, [place])
  if (header === null || header === undefined) throw new Error('no header')
  return header
}

/** One worker and, from time to time, another that does not know it is none any more; the store forgets and fails. */
const shake = async (seed: number): Promise<Set<string>> => {
  const random = randomOf(seed)
  const log = randomLog(random)
  const p = await openSales(1)
  const context = {
    ...p,
    counters: newCounters(),
    budget: new CacheBudget(1_000, 16),
  }
  const begin = async (): Promise<Task> => {
    const task = new Task(place, p.source, context)
    await task.start()
    return task
  }
  const { commit } = p.store
  const done = new Set<string>()
  let [task, zombie] = [await begin(), await begin()]
  let earlier = p.store.snapshot()
  let number = 0
  const acts: Record<string, () => Promise<unknown>> = {
    commit: () => task.commit(),
    zombie: () => zombie.commit(),
    crash: async () => {
      zombie = task
      task = await begin()
    },
    remember: async () => (earlier = p.store.snapshot()),
    rewind: async () => p.store.restore(earlier),
    lose: async () => {
      p.store.restore({ partitions: new Map(), pointer: null })
      task = await begin()
    },
    cut: () => recordCut(p.store, place, { number: ++number, newest: null, isPast: false }, p.nonce),
    'lost reply': async () => {
      p.store.commit = async (...given) => {
        await commit(...given)
        throw new PlatformError('UNAVAILABLE', 'the reply was lost', 'try again')
      }
      await task.commit()
      p.store.commit = commit
    },
  }
  const names = Object.keys(acts)
  const step = async (worker: Task): Promise<void> => {
    if (!worker.open) await worker.start()
    const from = log.records.findIndex(({ offset }) => offset >= worker.position)
    if (from < 0) return
    const to = Math.min(log.records.length, from + 1 + random(12))
    // read again from the start of a batch that was only partly applied, as a log does after a seek
    const again = Math.max(0, from - random(4))
    const next = to === log.records.length ? log.end : (log.records[to]?.offset ?? log.end)
    await worker.step(worker.position, log.records, again, to, next)
  }
  for (let i = 0; i < 60; i++) {
    await step(task)
    const name = names[random(names.length)] ?? 'commit'
    done.add(name)
    await acts[name]?.()
    const { nextOffset, tally } = await read(p)
    expect({ seed, i, name, tally }).toEqual({ seed, i, name, tally: log.below(nextOffset) })
    expect(endOf(tally)).toBe(nextOffset)
  }
  return done
}

test('accepted = applied + duplicate + dead + absent at every read, whatever crashes', async () => {
  const done = new Set<string>()
  for (let seed = 1; seed <= 60; seed++) for (const act of await shake(seed)) done.add(act)
  expect(done.size).toBe(8)
})

test('a lost store goes on counting from what the newest generation knew of its cut', async () => {
  const log = randomLog(randomOf(7))
  const cut = log.records[50]?.offset ?? 0
  const tally = log.below(cut)
  const cuts = [{ ...place, cut, strayed: false, tally }]
  const newest = { number: 1, id: 'g1-x', builtAt: 0, cuts, fingerprints: {}, files: [] }
  const p = await openSales(1, { ...newest, duckdbFile: null, clickhouse: false })
  const task = new Task(place, p.source, {
    ...p,
    counters: newCounters(),
    budget: new CacheBudget(1_000, 16),
  })
  await task.start()
  expect((await read(p)).tally).toEqual(tally)
  // The ids below the cut are collected again first: they are read, and not counted twice.
  expect(task.position).toBe(0)
  await task.step(0, log.records, 0, log.records.length, log.end)
  await task.commit()
  expect((await read(p)).tally).toEqual(log.below(log.end))
})
