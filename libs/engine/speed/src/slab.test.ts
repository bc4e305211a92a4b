import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Slab, type Span } from './slab.ts'

const SMALLEST = 4_096
const OWNERS = 12
const acts = fc.array(
  fc.record({ owner: fc.nat(OWNERS - 1), value: fc.option(fc.uint8Array({ maxLength: 900 })) }),
  { maxLength: 200 },
)

test('every owner reads what it put last, whatever has moved, and the array is at most half as large again as what lives', () => {
  fc.assert(
    fc.property(acts, (script) => {
      const owners: Span[] = Array.from({ length: OWNERS }, () => ({ from: 0, size: 0, room: 0 }))
      const slab = new Slab(owners)
      const truth = new Map<number, Uint8Array>()
      let most = 0
      for (const { owner, value } of script) {
        if (value === null) slab.drop(owners[owner] as Span)
        else slab.put(owners[owner] as Span, value)
        truth.set(owner, value ?? new Uint8Array(0))
        const rooms = owners.reduce((sum, { room }) => sum + room, 0)
        most = Math.max(most, rooms)
        expect(slab.live).toBe(rooms)
        expect(slab.bytes.length).toBeLessThanOrEqual(Math.max(SMALLEST, 1.5 * most + 1))
      }
      for (const [owner, value] of truth) {
        const { from, size } = owners[owner] as Span
        expect(slab.bytes.slice(from, from + size)).toEqual(value)
      }
    }),
  )
})

test('values that are replaced again and again take no more room than one of each', () => {
  const owners: Span[] = Array.from({ length: 100 }, () => ({ from: 0, size: 0, room: 0 }))
  const slab = new Slab(owners)
  for (let round = 0; round < 1_000; round++)
    for (const owner of owners) slab.put(owner, new Uint8Array(200).fill(round))
  expect(slab.live).toBe(100 * 224)
  expect(slab.bytes.length).toBeLessThanOrEqual(1.5 * 100 * 224)
})

test('an owner that has left is not moved', () => {
  const owners: Span[] = [
    { from: 0, size: 0, room: 0 },
    { from: 0, size: 0, room: 0 },
  ]
  const slab = new Slab(owners)
  for (const owner of owners) slab.put(owner, new Uint8Array(2_000).fill(7))
  slab.drop(owners[0] as Span)
  owners.shift()
  slab.put(owners[0] as Span, new Uint8Array(2_500).fill(9))
  const { from, size } = owners[0] as Span
  expect([slab.live, size]).toEqual([2_528, 2_500])
  expect(slab.bytes.slice(from, from + size)).toEqual(new Uint8Array(2_500).fill(9))
})
