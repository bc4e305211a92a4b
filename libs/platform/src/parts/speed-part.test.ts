import { openLake } from '@tidewater/adapter-lake'
import {
  createMemoryEventLog,
  createMemoryStateStore,
  createMemoryWorkerRegistry,
} from '@tidewater/adapter-memory'
import { eventTopics } from '@tidewater/engine-ingest'
import { loadCatalog, loadConfig, silentLog, systemClock } from '@tidewater/runtime'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { topicOf } from 'tidewater'
import { afterAll, expect, test } from 'vitest'
import { ownPorts } from '../opening/own-ports.ts'
import { runSpeedPart } from './speed-part.ts'

const directory = mkdtempSync(join(tmpdir(), 'tidewater-speed-part-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** A speed worker as its process composes it from the environment, on memory ports; its long timers fire at once. */
const started = async (env: Record<string, string>, used: number) => {
  const catalog = await loadCatalog({ dirs: [] })
  const log = createMemoryEventLog(systemClock)
  await log.ensureTopics(eventTopics(catalog.events.values(), { partitions: 1, retentionMs: -1 }))
  const store = createMemoryStateStore()
  store.memory = async () => ({ used, most: null })
  const registry = createMemoryWorkerRegistry(systemClock)
  const timers = { after: (ms: number, run: () => void) => ownPorts.timers.after(Math.min(ms, 5), run) }
  const ports = { ...ownPorts, timers, log, store, registry, lake: await openLake(directory), archived: null }
  return runSpeedPart(ports, { ...loadConfig(env), name: 'speed', pid: 1, catalog, log: silentLog })
}

test('STATE_BUDGET bounds the store, and PAUSE_FIRST says which stream pauses before all others', async () => {
  const { events } = await loadCatalog({ dirs: [] })
  const last = [...events.keys()].at(-1) ?? ''
  const halts: string[] = []
  const worker = await started({ STATE_BUDGET: '1kb', PAUSE_FIRST: last }, 2_000)
  const look = (): readonly string[] => {
    const { partitions } = worker.status()
    for (const { place, halted } of partitions)
      if (halted !== null && !halts.includes(place.topic)) halts.push(place.topic)
    return halts
  }
  await expect.poll(() => look().length, { interval: 1 }).toBeGreaterThan(0)
  expect(look()[0]).toBe(topicOf(last))
  const full = 'the state store holds 2000 bytes and may hold 1024'
  expect(worker.status().partitions.find(({ place }) => place.topic === topicOf(last))?.halted).toBe(full)
  await worker.stop()
})

test('PAUSE_FIRST that names no event is refused at start, with a hint', async () => {
  await expect(started({ PAUSE_FIRST: 'ShopEvnt' }, 0)).rejects.toThrow(
    "PAUSE_FIRST: there is no event 'ShopEvnt' (did you mean 'ShopEvent'?)",
  )
})
