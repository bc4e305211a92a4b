import type { JsBody } from '@tidewater/expr'
import type { Column } from '../layout-types.ts'
import { putCount, putDouble, putExact, putSigned } from './bytes.ts'
import { setCodecOf } from './codec-sets.ts'
import type { SetCodec } from './codec-sets.ts'
import { boundOf, isSized, readValue, writeValue } from './codec-values.ts'
import type { CellShape } from './shape.ts'

/** Source texts that write a cell's slots to `bytes` at `at` and read them back from `r`. */
export interface CellCodec {
  write(slots: readonly string[]): string
  /** One expression for each slot, in the order they must be evaluated. */
  readonly reads: readonly string[]
  /** Source of the most bytes the slots can take; null when that is `sized` whatever they hold. */
  bound(slots: readonly string[]): string | null
  readonly sized: number
}

const small = (body: JsBody, slot: string): string =>
  `if (${slot} < 128) bytes[at++] = ${slot}; else at = ${body.constant(putCount)}(bytes, at, ${slot});`

/** count, sum, mean: every slot always has a number. */
const plain = (body: JsBody, columns: readonly Column[]): CellCodec => ({
  write: (slots) =>
    columns
      .map(({ kind }, n) => {
        const slot = slots[n] ?? ''
        if (kind === 'count') return small(body, slot)
        return `at = ${body.constant(kind === 'sum' ? putExact : putDouble)}(bytes, at, ${slot});`
      })
      .join(' '),
  reads: columns.map(({ kind }) =>
    kind === 'count' ? 'r.count()' : kind === 'sum' ? 'r.exact()' : 'r.double()',
  ),
  bound: () => null,
  sized: columns.length * 48,
})

/** min, max: a byte says whether there is a value. */
const extreme = (body: JsBody, { type }: Column, empty: string): CellCodec => ({
  write: ([slot = '']) =>
    `if (${slot} === ${empty}) bytes[at++] = 0; else { bytes[at++] = 1; ${writeValue(body, type, slot)} }`,
  reads: [`r.byte() === 0 ? ${empty} : ${readValue(body, type)}`],
  bound: () => null,
  sized: 50,
})

/** latest, earliest: a byte says whether there is a row, then its value, time, partition and offset. */
const byTime = (body: JsBody, { type }: Column, zeros: readonly string[]): CellCodec => ({
  write: ([value = '', at = '', partition = '', offset = '']) => {
    const row = [
      writeValue(body, type, value),
      `at = ${body.constant(putSigned)}(bytes, at, ${at});`,
      small(body, partition),
      small(body, offset),
    ]
    return `if (${at} === ${zeros[1]}) bytes[at++] = 0; else { bytes[at++] = 1; ${row.join(' ')} }`
  },
  reads: [
    `(r.known = r.byte() === 1) ? ${readValue(body, type)} : ${zeros[0]}`,
    `r.known ? r.signed() : ${zeros[1]}`,
    'r.known ? r.count() : 0',
    'r.known ? r.count() : 0',
  ],
  bound: ([value = '']) => (isSized(type) ? null : boundOf(type, value)),
  sized: 1 + 48 + 3 * 9,
})

const distinct = (body: JsBody, codec: SetCodec): CellCodec => {
  const name = body.constant(codec)
  return {
    write: ([set]) => `at = ${name}.put(bytes, at, ${set});`,
    reads: [`${name}.get(r)`],
    bound: ([set]) => `${name}.bound(${set})`,
    sized: 0,
  }
}

export const cellCodec = ({ cell, code }: CellShape, body: JsBody): CellCodec => {
  const [first] = cell.columns
  if (first === undefined) throw new Error(`${cell.call.fn} keeps nothing`)
  switch (cell.call.fn) {
    case 'min':
    case 'max':
      return extreme(body, first, code.zeros[0] ?? '')
    case 'latest':
    case 'earliest':
      return byTime(body, first, code.zeros)
    case 'distinct':
      return distinct(body, setCodecOf(first.type))
    default:
      return plain(body, cell.columns)
  }
}
