import { expect, test } from 'vitest'
import { encodeHeader, GENESIS, protocol } from '@tidewater/seam'
import type { StateStore } from '@tidewater/ports'
import { at, bytes, commit, keysOf, other, place, same, value } from './state-store-values.ts'

/** What a first header knows of an empty log. */
const UNSEEN = { end: 0, partitions: 1, strayed: false }

export const batchTests = (the: () => StateStore): void => {
  test('names every fingerprint that has values, on any partition, until they are swept', async () => {
    expect(await the().fingerprints()).toEqual([])
    const writes = (fingerprint: string, bucket: number) => [
      { ...at('a', bucket, fingerprint), value: value(1, 'x') },
    ]
    const header = encodeHeader({ ...protocol.seedHeader(GENESIS, place, UNSEEN, 'n1'), floor: 2 })
    await the().commit(place, { expected: null, next: header, writes: writes('f1', 60_000), seen: [] })
    await the().commit(other, commit(null, 'h', { writes: writes('f2', 0) }))
    expect([...(await the().fingerprints())].sort()).toEqual(['f1', 'f2'])
    await the().sweep(place, 'f1', 2)
    expect(await the().fingerprints()).toEqual(['f2'])
  })

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
    const named = (nonce: string): Uint8Array =>
      encodeHeader({ ...protocol.seedHeader({ ...GENESIS, id: 'g1-x' }, place, UNSEEN, nonce) })
    const none = { expected: null, writes: [], seen: [] }
    same(await the().commit(place, { ...none, next: named('n1'), requires: part(2) }), { kind: 'incomplete' })
    expect(await the().header(place)).toBeNull()
    await the().loadBatch(
      place,
      'g1-x',
      'f1',
      ['a', 'b'].map((key) => ({ bucket: 0, key, value: value(1, key) })),
    )
    same(await the().commit(place, { ...none, next: named('n1'), requires: part(1) }), { kind: 'incomplete' })
    same(
      await the().commit(place, {
        ...none,
        next: named('n1'),
        requires: [...part(2), { generation: 'g2', fingerprint: 'f1', groups: 0 }],
      }),
      { kind: 'applied' },
    )
    const count = async (): Promise<number> => {
      const { parts } = await the().read(place, [
        { fingerprint: 'f1', generation: 'g1-x', select: { kind: 'all' } },
      ])
      return parts[0]?.batch.length ?? 0
    }
    await the().dropBatch(place, 'g1-x', ['f1'])
    expect(await count()).toBe(2)
    const unnamed = encodeHeader(protocol.seedHeader(GENESIS, place, UNSEEN, 'n2'))
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
    const low = encodeHeader(protocol.seedHeader(GENESIS, place, UNSEEN, 'n1'))
    const high = encodeHeader({ ...protocol.seedHeader(GENESIS, place, UNSEEN, 'n2'), floor: 2 })
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
    const { parts } = await the().read(place, [
      { fingerprint: 'f2', generation: null, select: { kind: 'range', from: 0, to: 9e15 } },
    ])
    expect(keysOf(parts[0]?.speed ?? [])).toEqual(['120000/new'])
  })
}

export const sharedTests = (the: () => StateStore): void => {
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
