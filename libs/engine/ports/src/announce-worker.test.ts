import { PlatformError } from '@tidewater/base'
import { openTestPlatform } from '@tidewater/testing/platform'
import { catalogOf } from 'tidewater/fixture'
import { expect, test } from 'vitest'
import { announceWorker, warnOfRegistry } from './announce-worker.ts'

const worker = { name: 'speed-1', role: 'speed', pid: 7 } as const
const itself = () => ({ partitions: ['event.sale:0'], counters: { commits: 3 } })

const open = async () => {
  const p = await openTestPlatform({ catalog: catalogOf([]), startMs: 1_000 })
  const warnings: string[] = []
  const faults: unknown[] = []
  const trouble = warnOfRegistry(
    (sentence) => void warnings.push(sentence),
    (error) => void faults.push(error),
  )
  const announced = announceWorker(p.ports, worker, itself, trouble)
  const listed = async (): Promise<readonly string[]> =>
    (await p.during(p.registry.workers())).map(({ name }) => name)
  return { p, announced, warnings, faults, listed }
}

test('a worker is listed for as long as it works, with what it says of itself', async () => {
  const { p, announced, listed } = await open()
  await p.advance(60_000)
  expect(await p.during(p.registry.workers())).toEqual([{ ...worker, startedAt: 1_000, ...itself() }])
  await p.during(announced.leave())
  expect(await listed()).toEqual([])
})

test('a registry that is away is said once, and told again when it is back', async () => {
  const { p, warnings, listed } = await open()
  const { announce } = p.registry
  p.registry.announce = () => Promise.reject(new PlatformError('UNAVAILABLE', 'it is away', 'wait'))
  await p.advance(60_000)
  expect([warnings, await listed()]).toEqual([['the worker registry is away'], []])
  p.registry.announce = announce
  await p.until(async () => (await listed()).length === 1)
})

test('a worker that leaves while it says a word is not on the list afterwards', async () => {
  const { p, announced, listed } = await open()
  const { announce } = p.registry
  p.registry.announce = async (...given) => {
    await new Promise<void>((resolve) => void p.timers.after(500, resolve))
    return announce(...given)
  }
  await p.advance(2_100)
  await p.during(announced.leave())
  await p.advance(1_000)
  expect(await listed()).toEqual([])
})

test('a silent worker is forgotten, and a fault of the program is no trouble of the registry', async () => {
  const { p, announced, warnings, faults, listed } = await open()
  p.registry.announce = () => Promise.reject(new TypeError('x is not a function'))
  await p.advance(20_000)
  expect([warnings, faults.length, await listed()]).toEqual([[], 1, []])
  announced.silence()
})
