import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { encodeHeader } from '../header.ts'
import { GENESIS } from '../pointer.ts'
import { seedHeader } from '../protocol.ts'
import { encodeValue, reserve } from '../slices.ts'
import type { Address, Commit, PartitionRead, StateStore } from '../state-store.ts'

const text = new TextEncoder()
const bytes = (of: string): Uint8Array => text.encode(of)
const value = (slice: number, payload: string): Uint8Array =>
  encodeValue(slice, (out) => {
    const encoded = bytes(payload)
    reserve(out, encoded.length)
    out.bytes.set(encoded, out.length)
    out.length += encoded.length
  })
const place = { topic: 'event.sale', partition: 3 }
const other = { topic: 'event.sale', partition: 4 }
const at = (key: string, bucket = 0, fingerprint = 'f1'): Address => ({ fingerprint, bucket, key })
const keysOf = (groups: readonly { bucket: number; key: string }[]): string[] => groups.map((g) => `${g.bucket}/${g.key}`).sort()
/** Bytes of any kind (a Buffer too) as text, at any depth. */
const plain = (x: unknown): unknown => {
  if (x instanceof Uint8Array) return `bytes ${String.fromCharCode(...x.subarray(0, 9_000))}`
  if (Array.isArray(x)) return x.map(plain)
  if (typeof x !== 'object' || x === null) return x
  return Object.fromEntries(Object.entries(x).map(([name, inner]) => [name, plain(inner)]))
}
const same = (found: unknown, wanted: unknown): void => {
  expect(plain(found)).toEqual(plain(wanted))
}
const commit = (expected: string | null, next: string, more: Partial<Commit> = {}): Commit => ({
  expected: expected === null ? null : bytes(expected),
  next: bytes(next),
  writes: [],
  seen: [],
  ...more,
})
const odd = ['', ' ', 'a:b', '{x}', '*', '["a",1]', 'ü€😀', '\u0000', 'x'.repeat(5000)]

/** What every StateStore must do. `make` answers an empty store; the stores of two tests share nothing. */
export const stateStoreContract = (title: string, make: () => Promise<StateStore>): void => {
  describe(`${title} as a StateStore`, () => {
    let store: StateStore
    beforeEach(async () => {
      store = await make()
    })
    afterEach(async () => {
      await store.close()
    })
    commitTests(() => store)
    readTests(() => store)
    batchTests(() => store)
    sharedTests(() => store)
  })
}

const commitTests = (the: () => StateStore): void => {
  test('an empty partition has no header and no values', async () => {
    expect(await the().header(place)).toBeNull()
    same((await the().load(place, [at('a'), at('b', 60_000)])).values, [null, null])
    same((await the().load(place, [])).values, [])
    same(await the().seen(place, 0), { header: null, chunks: [] })
  })

  test('a commit applies on the expected header only, all of it or nothing', async () => {
    const writes = [{ ...at('a'), value: value(1, 'A') }]
    const seen = [{ bucket: 3_600_000, bytes: bytes('s1') }]
    same(await the().commit(place, commit(null, 'h1', { writes, seen })), { kind: 'applied' })
    const late = { writes: [{ ...at('a'), value: value(1, 'B') }], seen: [{ bucket: 3_600_000, bytes: bytes('s2') }] }
    same(await the().commit(place, commit(null, 'h2', late)), { kind: 'conflict', header: bytes('h1') })
    same(await the().commit(place, commit('h0', 'h2', late)), { kind: 'conflict', header: bytes('h1') })
    same((await the().load(place, [at('a')])).values, [value(1, 'A')])
    same(await the().header(place), bytes('h1'))
    same(await the().commit(other, commit('h1', 'h2', late)), { kind: 'conflict', header: null })
    same((await the().load(other, [at('a')])).values, [null])
  })

  test('the same commit sent twice says so and changes nothing', async () => {
    await the().commit(place, commit(null, 'h1'))
    const again = commit('h1', 'h2', { seen: [{ bucket: 0, bytes: bytes('s') }], writes: [{ ...at('a'), value: value(1, 'A') }] })
    same(await the().commit(place, again), { kind: 'applied' })
    same(await the().commit(place, again), { kind: 'already-applied' })
    expect((await the().seen(place, 0)).chunks.map((c) => c.bytes.length)).toEqual([1])
  })

  test('the writer may reuse its buffers as soon as the call has returned', async () => {
    const buffer = value(1, 'A')
    const kept = buffer.slice()
    const sent = the().commit(place, commit(null, 'h1', { writes: [{ ...at('a'), value: buffer }] }))
    buffer.fill(0)
    await sent
    same((await the().load(place, [at('a')])).values, [kept])
  })

  test('any key text, and thousands of writes in one commit', async () => {
    const many = Array.from({ length: 9_000 }, (_, i) => ({ ...at(`k${i}`), value: value(1, `v${i}`) }))
    const strange = odd.map((key) => ({ ...at(key, 120_000, 'f2'), value: value(2, key) }))
    await the().commit(place, commit(null, 'h1', { writes: [...many, ...strange] }))
    same((await the().load(place, many)).values, many.map((w) => w.value))
    same((await the().load(place, strange)).values, strange.map((w) => w.value))
    same((await the().load(place, [at('k1')])).header, bytes('h1'))
    const mixed = [at('k1'), at('nobody'), at('', 120_000, 'f2'), at('', 0), at('k8999')]
    same((await the().load(place, mixed)).values, [value(1, 'v1'), null, value(2, ''), null, value(1, 'v8999')])
  })

  test('seen ids: appended by hour, oldest first, forgotten by hour', async () => {
    const chunk = (bucket: number, of: string): Commit['seen'][number] => ({ bucket, bytes: bytes(of) })
    await the().commit(place, commit(null, 'h1', { seen: [chunk(7_200_000, 'c'), chunk(3_600_000, 'a')] }))
    await the().commit(place, commit('h1', 'h2', { seen: [chunk(3_600_000, 'b')] }))
    const all = async (from: number): Promise<string> =>
      (await the().seen(place, from)).chunks.map((c) => `${c.bucket / 3_600_000}:${new TextDecoder().decode(c.bytes)}`).join()
    expect((await all(0)).replaceAll(',1:', '')).toBe('1:ab,2:c')
    expect(await all(7_200_000)).toBe('2:c')
    expect((await the().commit(place, commit('h1', 'h3', { forgetBefore: 9_999_999 }))).kind).toBe('conflict')
    expect(await all(7_200_000)).toBe('2:c')
    await the().commit(place, commit('h2', 'h3', { forgetBefore: 7_200_000, seen: [chunk(7_200_000, 'd')] }))
    expect((await all(0)).replaceAll(',2:', '')).toBe('2:cd')
    same((await the().seen(place, 0)).header, bytes('h3'))
    await the().commit(other, commit(null, 'h1', { forgetBefore: 9_999_999 }))
    expect((await all(0)).replaceAll(',2:', '')).toBe('2:cd')
  })
}

const readTests = (the: () => StateStore): void => {
  const read = (select: PartitionRead['select'], fingerprint = 'f1', generation: string | null = null): PartitionRead => ({
    fingerprint,
    generation,
    select,
  })
  test('one read answers the header and every part asked for', async () => {
    const minutes = [-60_000, 0, 60_000, 120_000].map((bucket) => ({ ...at('m', bucket, 'f2'), value: value(1, `${bucket}`) }))
    const writes = [...minutes, ...['a', 'b', ...odd].map((key) => ({ ...at(key), value: value(1, key) }))]
    await the().commit(place, commit(null, 'h1', { writes }))
    await the().loadBatch(place, 'g1', 'f1', [{ bucket: 0, key: 'b', value: value(1, 'batch') }])
    const answer = await the().read(place, [
      read({ kind: 'keys', keys: ['b', 'nobody', 'a'] }, 'f1', 'g1'),
      read({ kind: 'all' }, 'f1', 'g2'),
      read({ kind: 'range', from: -60_000, to: 60_000 }, 'f2'),
      read({ kind: 'range', from: 60_000, to: 9e15 }, 'f2'),
      read({ kind: 'all' }, 'f2'),
      read({ kind: 'all' }, 'f3'),
      read({ kind: 'keys', keys: odd }),
    ])
    same(answer.header, bytes('h1'))
    expect(answer.parts.map((p) => keysOf(p.speed))).toEqual([
      ['0/a', '0/b'],
      ['0/a', '0/b', ...odd.map((k) => `0/${k}`)].sort(),
      ['-60000/m', '0/m'],
      ['120000/m', '60000/m'],
      ['-60000/m', '0/m', '120000/m', '60000/m'],
      [],
      odd.map((k) => `0/${k}`).sort(),
    ])
    same(answer.parts[0]?.batch, [{ bucket: 0, key: 'b', value: value(1, 'batch') }])
    expect(answer.parts[1]?.batch).toEqual([])
    same(answer.parts[0]?.speed.find((g) => g.key === 'a')?.value, value(1, 'a'))
  })

  test('a partition without anything answers null and empty parts', async () => {
    same(await the().read(place, [read({ kind: 'all' }), read({ kind: 'keys', keys: ['a'] }, 'f1', 'g1')]), {
      header: null,
      parts: [
        { batch: [], speed: [] },
        { batch: [], speed: [] },
      ],
    })
    same(await the().read(place, []), { header: null, parts: [] })
  })

  test('reads beside commits are never torn', async () => {
    await the().commit(place, commit(null, 'h0', { writes: [{ ...at('a'), value: value(1, 'h0') }] }))
    const commits = async (): Promise<void> => {
      for (let i = 1; i <= 60; i++) {
        const writes = [{ ...at('a'), value: value(1, `h${i}`) }]
        await the().commit(place, commit(`h${i - 1}`, `h${i}`, { writes }))
      }
    }
    const reads = async (): Promise<void> => {
      for (let i = 0; i < 60; i++) {
        const answer = await the().read(place, [read({ kind: 'keys', keys: ['a'] })])
        same(answer.parts[0]?.speed[0]?.value, value(1, new TextDecoder().decode(answer.header ?? bytes(''))))
      }
    }
    await Promise.all([commits(), reads(), reads()])
  })
}

const batchTests = (the: () => StateStore): void => {
  test('batch parts: loaded in pieces, one generation beside the other, dropped alone', async () => {
    const all = async (generation: string, fingerprint: string): Promise<string[]> => {
      const { parts } = await the().read(place, [{ fingerprint, generation, select: { kind: 'all' } }])
      return keysOf(parts[0]?.batch ?? [])
    }
    const groups = (from: number, to: number): { bucket: number; key: string; value: Uint8Array }[] =>
      Array.from({ length: to - from }, (_, i) => ({ bucket: 0, key: `k${from + i}`, value: value(1, 'x') }))
    await the().loadBatch(place, 'g1', 'f1', groups(0, 5_000))
    await the().loadBatch(place, 'g1', 'f1', groups(4_999, 5_002))
    await the().loadBatch(place, 'g2', 'f1', groups(0, 1))
    await the().loadBatch(place, 'g2', 'f2', [])
    expect((await all('g1', 'f1')).length).toBe(5_002)
    expect([await all('g2', 'f1'), await all('g2', 'f2')]).toEqual([['0/k0'], []])
    await the().dropBatch(place, 'g1', ['f1', 'f9'])
    await the().dropBatch(place, 'g1', [])
    expect([await all('g1', 'f1'), await all('g2', 'f1')]).toEqual([[], ['0/k0']])
  })

  test('a name is given only to a batch part that is all there, and its part is then safe', async () => {
    const part = (groups: number) => [{ generation: 'g1-x', fingerprint: 'f1', groups }]
    const named = (nonce: string): Uint8Array => encodeHeader({ ...seedHeader({ ...GENESIS, id: 'g1-x' }, place, nonce) })
    const none = { expected: null, writes: [], seen: [] }
    same(await the().commit(place, { ...none, next: named('n1'), requires: part(2) }), { kind: 'incomplete' })
    expect(await the().header(place)).toBeNull()
    await the().loadBatch(place, 'g1-x', 'f1', ['a', 'b'].map((key) => ({ bucket: 0, key, value: value(1, key) })))
    same(await the().commit(place, { ...none, next: named('n1'), requires: part(1) }), { kind: 'incomplete' })
    same(await the().commit(place, { ...none, next: named('n1'), requires: [...part(2), { generation: 'g2', fingerprint: 'f1', groups: 0 }] }), { kind: 'applied' })
    const count = async (): Promise<number> => {
      const { parts } = await the().read(place, [{ fingerprint: 'f1', generation: 'g1-x', select: { kind: 'all' } }])
      return parts[0]?.batch.length ?? 0
    }
    await the().dropBatch(place, 'g1-x', ['f1'])
    expect(await count()).toBe(2)
    const unnamed = encodeHeader(seedHeader(GENESIS, place, 'n2'))
    await the().commit(place, { ...none, expected: named('n1'), next: unnamed })
    await the().dropBatch(place, 'g1-x', ['f1'])
    expect(await count()).toBe(0)
  })

  test('sweeping deletes values whose newest slice is below the stored floor', async () => {
    const writes = [
      { ...at('old'), value: value(1, 'x') },
      { ...at('edge'), value: value(2, 'x') },
      { ...at('old', 60_000, 'f2'), value: value(1, 'x') },
      { ...at('new', 120_000, 'f2'), value: value(3, 'x') },
    ]
    const low = encodeHeader(seedHeader(GENESIS, place, 'n1'))
    const high = encodeHeader({ ...seedHeader(GENESIS, place, 'n2'), floor: 2 })
    await the().commit(place, { expected: null, next: low, writes, seen: [] })
    const sweepAll = async (fingerprint: string): Promise<number> => {
      let swept = 0
      for (let i = 0; i < 20; i++) swept += await the().sweep(place, fingerprint, 2)
      return swept
    }
    expect([await sweepAll('f1'), await sweepAll('f2')]).toEqual([0, 0])
    await the().commit(place, { expected: low, next: high, writes: [], seen: [] })
    expect([await sweepAll('f1'), await sweepAll('f2')]).toEqual([1, 1])
    same((await the().load(place, writes)).values, [null, value(2, 'x'), null, value(3, 'x')])
    const { parts } = await the().read(place, [{ fingerprint: 'f2', generation: null, select: { kind: 'range', from: 0, to: 9e15 } }])
    expect(keysOf(parts[0]?.speed ?? [])).toEqual(['120000/new'])
  })
}

const sharedTests = (the: () => StateStore): void => {
  test('the pointer moves by compare-and-set', async () => {
    expect(await the().pointer()).toBeNull()
    expect(await the().movePointer(bytes('p0'), bytes('p1'))).toBe(false)
    expect(await the().movePointer(null, bytes('p1'))).toBe(true)
    expect(await the().movePointer(null, bytes('p2'))).toBe(false)
    expect(await the().movePointer(bytes('p1'), bytes('p2'))).toBe(true)
    same(await the().pointer(), bytes('p2'))
  })

  test('listeners hear their channel until they leave', async () => {
    const heard: string[] = []
    let wake: () => void = () => undefined
    const leave = await the().listen('generation', (message) => {
      heard.push(message)
      wake()
    })
    const next = new Promise<void>((resolve) => {
      wake = resolve
    })
    await the().notify('archive', 'no')
    await the().notify('generation', 'yes')
    await next
    await leave()
    await the().notify('generation', 'late')
    await the().pointer()
    expect(heard).toEqual(['yes'])
  })
}
