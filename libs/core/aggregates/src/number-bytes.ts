import { putDouble, putExact } from '@tidewater/base'
import { isExact } from '@tidewater/expr'
import type { JsBody, Type } from '@tidewater/expr'
import type { CellBytes } from './aggregate.ts'
import { writeCount } from './value-bytes.ts'

/** The most bytes one number takes. */
const MOST = 48

/** Byte form of a slot that always holds a count. */
export const countBytes = (body: JsBody): CellBytes => ({
  write: ([slot = '']) => writeCount(body, slot),
  reads: ['r.count()'],
  sized: MOST,
  bound: () => null,
})

/** Byte form of a slot that always holds a total of values of the type. */
export const totalBytes = (body: JsBody, type: Type): CellBytes => ({
  write: ([slot = '']) => `at = ${body.constant(isExact(type) ? putExact : putDouble)}(bytes, at, ${slot});`,
  reads: [isExact(type) ? 'r.exact()' : 'r.double()'],
  sized: MOST,
  bound: () => null,
})

/** Byte form of slots that stand side by side, one for each part. */
export const sideBySide = (parts: readonly CellBytes[]): CellBytes => ({
  write: (slots) => parts.map((part, n) => part.write([slots[n] ?? ''])).join(' '),
  reads: parts.flatMap(({ reads }) => reads),
  sized: parts.reduce((sum, { sized }) => sum + sized, 0),
  bound: () => null,
})
