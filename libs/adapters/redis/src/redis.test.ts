import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeValue } from '@tidewater/seam'
import { stateStoreContract, workerRegistryContract } from '@tidewater/testing/contract'
import { startRedis } from '@tidewater/stack'
import { createRedisStateStore } from './state-store.ts'
import { createRedisWorkerRegistry } from './worker-registry.ts'

type Server = Awaited<ReturnType<typeof startRedis>>
let server: Server
let admin: Redis
const dir = mkdtempSync(join(tmpdir(), 'tidewater-redis-'))

beforeAll(async () => {
  server = await startRedis({ dir })
  admin = new Redis(server.url)
})
afterAll(async () => {
  admin.disconnect()
  await server.stop()
  rmSync(dir, { recursive: true, force: true })
})

stateStoreContract('Redis', async () => {
  await admin.flushall()
  return createRedisStateStore({ url: server.url })
})
workerRegistryContract('Redis', async () => {
  await admin.flushall()
  const registry = await createRedisWorkerRegistry(server.url)
  return {
    registry,
    pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    close: () => registry.close(),
  }
})

const place = { topic: 'event.sale', partition: 3 }
const textOf = (found: Uint8Array | null): string | null =>
  found === null ? null : new TextDecoder().decode(found)
const bytes = (of: string): Uint8Array => new TextEncoder().encode(of)
const value = encodeValue(1, () => undefined)

describe('Redis itself', () => {
  test('a commit that meets a foreign type writes nothing at all', async () => {
    await admin.flushall()
    const store = await createRedisStateStore({ url: server.url })
    await store.commit(place, { expected: null, next: bytes('h1'), writes: [], seen: [] })
    await admin.set('tw:{event.sale:3}:speed:f1:60000', 'not a hash')
    const before = await admin.dbsize()
    const writes = [0, 60_000].map((bucket) => ({ fingerprint: 'f1', bucket, key: 'a', value }))
    const sent = store.commit(place, {
      expected: bytes('h1'),
      next: bytes('h2'),
      writes,
      seen: [{ bucket: 0, bytes: value }],
    })
    await expect(sent).rejects.toThrow('is a string')
    expect(textOf(await store.header(place))).toBe('h1')
    expect(await admin.dbsize()).toBe(before)
    await store.close()
  })

  test('scripts flushed from the server are given to it again', async () => {
    await admin.flushall()
    const store = await createRedisStateStore({ url: server.url })
    for (const round of [1, 2]) {
      await admin.script('FLUSH')
      const expected = round === 1 ? null : bytes('h1')
      expect(await store.commit(place, { expected, next: bytes(`h${round}`), writes: [], seen: [] })).toEqual(
        { kind: 'applied' },
      )
      await admin.script('FLUSH')
      const reads = [{ fingerprint: 'f1', generation: null, select: { kind: 'all' as const } }]
      const both = await Promise.all([
        store.read(place, reads),
        store.read({ ...place, partition: 4 }, reads),
      ])
      expect(both.map((b) => textOf(b.header))).toEqual([`h${round}`, null])
    }
    await store.close()
  })

  test('all keys of a partition share one slot', async () => {
    await admin.flushall()
    const store = await createRedisStateStore({ url: server.url })
    const writes = [{ fingerprint: 'f1', bucket: 0, key: '{other}', value }]
    await store.commit(place, {
      expected: null,
      next: bytes('h1'),
      writes,
      seen: [{ bucket: 0, bytes: value }],
    })
    await store.loadBatch(place, 'g1', 'f1', [{ bucket: 0, key: 'a', value }])
    const keys = await admin.keys('*')
    expect(keys.length).toBe(6)
    for (const key of keys) expect(key.startsWith('tw:{event.sale:3}:')).toBe(true)
    await store.close()
  })

  test('a Redis that evicts is refused, one that is away is named with the cure', async () => {
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lru')
    await expect(createRedisStateStore({ url: server.url })).rejects.toThrow(
      'evicts keys (maxmemory-policy allkeys-lru)',
    )
    await admin.config('SET', 'maxmemory-policy', 'noeviction')
    await admin.config('SET', 'appendonly', 'no')
    const warnings: string[] = []
    const store = await createRedisStateStore({ url: server.url, warn: (w) => warnings.push(w) })
    expect(warnings.join()).toContain('not append-only')
    await store.close()
    await admin.config('SET', 'appendonly', 'yes')
    await expect(createRedisStateStore({ url: 'redis://user:secret@127.0.0.1:1' })).rejects.toThrow(
      /redis:\/\/…@127.0.0.1:1 .*ECONNREFUSED/,
    )
  })

  test('more ids seen in an hour than one string takes: no commit is torn, and all are found', async () => {
    await admin.flushall()
    const store = await createRedisStateStore({ url: server.url, mostSeenBytes: 900_000 })
    await admin.config('SET', 'proto-max-bulk-len', String(1 << 20))
    let expected: Uint8Array | null = null
    for (let i = 1; i <= 4; i++) {
      const next = bytes(`h${i}`)
      const seen = [{ bucket: 3_600_000, bytes: new Uint8Array(400_000).fill(i) }]
      expect(await store.commit(place, { expected, next, writes: [], seen })).toEqual({ kind: 'applied' })
      expected = next
    }
    await admin.config('SET', 'proto-max-bulk-len', String(512 << 20))
    const { chunks } = await store.seen(place, 0)
    expect(chunks.map((c) => [c.bucket, c.bytes.length])).toEqual([
      [3_600_000, 800_000],
      [3_600_000, 800_000],
    ])
    expect([0, 1].map((n) => [chunks[n]?.bytes.at(0), chunks[n]?.bytes.at(-1)])).toEqual([
      [1, 2],
      [3, 4],
    ])
    const forgetBefore = 7_200_000
    await store.commit(place, { expected, next: bytes('h5'), writes: [], seen: [], forgetBefore })
    expect((await admin.keys('*:seen*')).length).toBe(0)
    await store.close()
  })

  test('out of memory is an error, never half a commit', async () => {
    await admin.flushall()
    const store = await createRedisStateStore({ url: server.url })
    await store.commit(place, { expected: null, next: bytes('h1'), writes: [], seen: [] })
    await admin.config('SET', 'maxmemory', '1mb')
    const writes = [{ fingerprint: 'f1', bucket: 0, key: 'a', value }]
    await expect(
      store.commit(place, { expected: bytes('h1'), next: bytes('h2'), writes, seen: [] }),
    ).rejects.toThrow('OOM')
    await admin.config('SET', 'maxmemory', '0')
    expect(textOf(await store.header(place))).toBe('h1')
    expect((await store.load(place, writes)).values).toEqual([null])
    await store.close()
  })
})

test('a bounded server says how much it takes, and the state store how much it holds', async () => {
  const bounded = await startRedis({ dir: join(dir, 'bounded'), mostBytes: 64 << 20 })
  const store = await createRedisStateStore({ url: bounded.url })
  const { used, most } = await store.memory()
  expect(most).toBe(67_108_864)
  expect(used).toBeGreaterThan(0)
  expect(used).toBeLessThan(67_108_864)
  await store.close()
  await bounded.stop()
})
