import { JsBody } from '@tidewater/expr'
import type { Type, Value } from '@tidewater/expr'
import { expect, it } from 'vitest'
import { histogram } from './histogram.ts'

const counts = (type: Type, edges: readonly number[], values: readonly Value[]): readonly number[] => {
  const body = new JsBody()
  const arg = { op: 'field', name: 'x', type, optional: true } as const
  const code = histogram.code({ fn: 'histogram', arg, where: null, options: { edges } }, body)
  const slots = code.zeros.map((_, n) => `s[${n}]`)
  const input = { value: { source: 'x', nullable: true }, at: '0', partition: '0', offset: '0' }
  return body.build<(values: readonly Value[]) => readonly number[]>(`return (values) => {
    const s = [${code.zeros.join(', ')}];
    for (const x of values) { ${code.add(slots, input)} }
    return ${code.present(slots, { asOf: '0', read: null }).source};
  }`)(values)
}

it.each<[string, Type, number[], Value[], number[]]>([
  [
    'an edge belongs to the bucket above it',
    { kind: 'int', digits: 15 },
    [0, 10],
    [-1, 0, 9, 10, 11],
    [1, 2, 2],
  ],
  ['of nothing there are zeros', { kind: 'number' }, [0], [null], [0, 0]],
  [
    'an edge of a decimal is exact',
    { kind: 'decimal', digits: 12, scale: 2 },
    [0.07, 10.55],
    [6, 7, 1054, 1055],
    [1, 2, 1],
  ],
  [
    'an edge beyond 2^53 at the scale of its values is exact',
    { kind: 'decimal', digits: 18, scale: 6 },
    [9_007_199_254.740993],
    [9_007_199_254_740_991, 9_007_199_254_740_993n],
    [1, 1],
  ],
  ['doubles', { kind: 'number' }, [0.1, 1e9], [0.1, 0.0999, 1e300, -1e300], [2, 1, 1]],
])('%s', (_, type, edges, values, expected) => {
  expect(counts(type, edges, values)).toEqual(expected)
})
