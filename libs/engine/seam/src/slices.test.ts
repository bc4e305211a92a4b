import { reserve } from '@tidewater/base'
import type { ByteSink } from '@tidewater/base'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  appendFrozen,
  beginSlice,
  beginValue,
  encodeValue,
  endSlice,
  endValue,
  firstSlice,
  lastSlice,
  newestSlice,
  readSlices,
  sealValue,
  sliceAt,
} from './slices.ts'

const put = (out: ByteSink, payload: Uint8Array): void => {
  reserve(out, payload.length)
  out.bytes.set(payload, out.length)
  out.length += payload.length
}
const slices = fc.uniqueArray(fc.tuple(fc.nat(2 ** 32 - 1), fc.uint8Array({ maxLength: 40 })), {
  selector: ([s]) => s,
  minLength: 1,
  maxLength: 6,
})
const encode = (of: readonly [number, Uint8Array][]): Uint8Array => {
  const out: ByteSink = { bytes: new Uint8Array(3), length: 0 }
  const value = beginValue(out)
  for (const [slice, payload] of of) {
    const start = beginSlice(out, slice)
    put(out, payload)
    endSlice(out, start)
  }
  endValue(out, value, of.at(-1)?.[0] ?? 0)
  sealValue(out.bytes, value, out.length)
  return out.bytes.slice(0, out.length)
}

test('slices come back as they went in; freezing keeps their bytes', () => {
  fc.assert(
    fc.property(slices, fc.nat(), fc.integer({ min: -1, max: 1 }), (unsorted, nth, beside) => {
      const sorted = [...unsorted].sort(([a], [b]) => a - b)
      const floor = (sorted[nth % sorted.length]?.[0] ?? 0) + beside
      const bytes = encode(sorted)
      expect(readSlices(bytes).map((s) => [s.slice, bytes.slice(s.start, s.end)])).toEqual(sorted)
      expect(newestSlice(bytes)).toBe(sorted.at(-1)?.[0])
      const kept = sorted.filter(([s]) => s >= floor)
      const first = firstSlice(bytes, 0, bytes.length, floor)
      if (kept.length === 0) {
        expect(first).toBe(bytes.length)
        return
      }
      expect(sliceAt(bytes, lastSlice(bytes, first, bytes.length))).toBe(sorted.at(-1)?.[0])
      const out: ByteSink = { bytes: new Uint8Array(0), length: 0 }
      const value = beginValue(out)
      appendFrozen(out, bytes.subarray(first))
      endValue(out, value, kept.at(-1)?.[0] ?? 0)
      sealValue(out.bytes, value, out.length)
      expect(out.bytes.slice(0, out.length)).toEqual(encode(kept))
    }),
  )
})

test('one flipped bit, a lost byte or another version is told', () => {
  fc.assert(
    fc.property(slices, fc.nat(), (of, at) => {
      const bytes = encode([...of].sort(([a], [b]) => a - b))
      const bad = bytes.slice()
      const bit = at % (bytes.length * 8)
      bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(() => readSlices(bad)).toThrow('damaged')
      expect(() => readSlices(bytes.slice(0, at % bytes.length))).toThrow('damaged')
    }),
  )
})

test('a batch value holds one slice, its generation', () => {
  const bytes = encodeValue(7, (out) => put(out, new Uint8Array([1, 2])))
  expect(readSlices(bytes).map((s) => [s.slice, [...bytes.slice(s.start, s.end)]])).toEqual([[7, [1, 2]]])
})
