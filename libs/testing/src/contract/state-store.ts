import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Commit, PartitionRead, StateStore } from '@tidewater/ports'
import { batchTests, sharedTests } from './state-store-parts.ts'
import { at, bytes, commit, keysOf, odd, other, place, same, value } from './state-store-values.ts'

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
    const late = {
      writes: [{ ...at('a'), value: value(1, 'B') }],
      seen: [{ bucket: 3_600_000, bytes: bytes('s2') }],
    }
    same(await the().commit(place, commit(null, 'h2', late)), { kind: 'conflict', header: bytes('h1') })
    same(await the().commit(place, commit('h0', 'h2', late)), { kind: 'conflict', header: bytes('h1') })
    same((await the().load(place, [at('a')])).values, [value(1, 'A')])
    same(await the().header(place), bytes('h1'))
    same(await the().commit(other, commit('h1', 'h2', late)), { kind: 'conflict', header: null })
    same((await the().load(other, [at('a')])).values, [null])
  })

  test('the same commit sent twice says so and changes nothing', async () => {
    await the().commit(place, commit(null, 'h1'))
    const again = commit('h1', 'h2', {
      seen: [{ bucket: 0, bytes: bytes('s') }],
      writes: [{ ...at('a'), value: value(1, 'A') }],
    })
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
    same(
      (await the().load(place, many)).values,
      many.map((w) => w.value),
    )
    same(
      (await the().load(place, strange)).values,
      strange.map((w) => w.value),
    )
    same((await the().load(place, [at('k1')])).header, bytes('h1'))
    const mixed = [at('k1'), at('nobody'), at('', 120_000, 'f2'), at('', 0), at('k8999')]
    same((await the().load(place, mixed)).values, [
      value(1, 'v1'),
      null,
      value(2, ''),
      null,
      value(1, 'v8999'),
    ])
  })

  test('a commit deletes values, or all of a fingerprint but what it writes; refused it deletes nothing', async () => {
    const all = async (fingerprint: string): Promise<readonly string[]> => {
      const whole = { fingerprint, generation: null, select: { kind: 'all' } } as const
      const { parts } = await the().read(place, [whole])
      return keysOf(parts[0]?.speed ?? [])
    }
    const write = (key: string, fingerprint: string, bucket = 0) => ({
      ...at(key, bucket, fingerprint),
      value: value(1, key),
    })
    const stored = ['f1', 'f2'].flatMap((f) => [...odd, 'a', 'b'].map((key) => write(key, f)))
    await the().commit(place, commit(null, 'h1', { writes: [...stored, write('c', 'f2', 60_000)] }))
    await the().commit(other, commit(null, 'h1', { writes: stored }))
    const change = {
      clears: ['f2', 'f9'],
      deletes: [...odd, 'nobody'].map((key) => at(key)),
      writes: [write('a', 'f2'), write('d', 'f1')],
    }
    expect((await the().commit(place, commit('h0', 'h2', change))).kind).toBe('conflict')
    expect((await all('f1')).length + (await all('f2')).length).toBe(stored.length + 1)
    same(await the().commit(place, commit('h1', 'h2', change)), { kind: 'applied' })
    expect([await all('f1'), await all('f2')]).toEqual([['0/a', '0/b', '0/d'], ['0/a']])
    same((await the().load(other, [at('b', 0, 'f2')])).values, [value(1, 'b')])
    await the().commit(
      place,
      commit('h2', 'h3', { clears: ['f2'], deletes: ['a', 'b', 'd'].map((key) => at(key)) }),
    )
    expect([await all('f1'), await all('f2')]).toEqual([[], []])
  })

  test('seen ids: appended by hour, oldest first, forgotten by hour', async () => {
    const chunk = (bucket: number, of: string): Commit['seen'][number] => ({ bucket, bytes: bytes(of) })
    await the().commit(place, commit(null, 'h1', { seen: [chunk(7_200_000, 'c'), chunk(3_600_000, 'a')] }))
    await the().commit(place, commit('h1', 'h2', { seen: [chunk(3_600_000, 'b')] }))
    const all = async (from: number): Promise<string> =>
      (await the().seen(place, from)).chunks
        .map((c) => `${c.bucket / 3_600_000}:${new TextDecoder().decode(c.bytes)}`)
        .join()
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
  const read = (
    select: PartitionRead['select'],
    fingerprint = 'f1',
    generation: string | null = null,
  ): PartitionRead => ({
    fingerprint,
    generation,
    select,
  })
  test('one read answers the header and every part asked for', async () => {
    const minutes = [-60_000, 0, 60_000, 120_000].map((bucket) => ({
      ...at('m', bucket, 'f2'),
      value: value(1, `${bucket}`),
    }))
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
