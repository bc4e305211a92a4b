import type { Expr } from '@tidewater/expr'
import { everyPart, partsOf } from '@tidewater/expr'
import { at, mistake } from './mistake.ts'
import { snakeCase } from './names.ts'
import { nodeOf } from './node.ts'
import { inWords } from './operand.ts'
import { fieldName } from './options.ts'
import { entriesOf } from './source.ts'

/** Values of streams over streams are written out in full, so a long chain may double them at every step. */
const MOST_PARTS = 1_000

/** The fields that a `select` answered. */
export const selected = (
  name: string,
  answer: unknown,
): readonly { readonly name: string; readonly expr: Expr }[] => {
  const columns = new Map<string, string>()
  return entriesOf(answer, 'select').map(([field, value]) => {
    const column = snakeCase(fieldName(field))
    const other = columns.get(column)
    if (other !== undefined) throw mistake(`'${field}' and '${other}' are one name in SQL, '${column}'`)
    columns.set(column, field)
    return { name: field, expr: at(`${name}.select.${field}`, () => fieldOf(field, value)) }
  })
}

const fieldOf = (field: string, value: unknown): Expr => {
  const node = nodeOf(value)
  if (node === null) throw mistake(`must be a value of the event, not ${inWords(value)}`)
  if (node.scope === 'measure')
    throw mistake('is a measure of many events, and a row is one event', 'measure it in a view')
  const expr = bounded(node.expr)
  if (everyPart(expr).some((part) => part.op === 'orSkip'))
    throw mistake(
      'ends with .orSkip(), which is for keys of views',
      `end it with .orElse(value), or leave rows out: where: (e) => e.${field}.isKnown()`,
    )
  return expr
}

/** The expression, unless it has grown beyond what an engine should be asked. */
export const bounded = <E extends Expr | null>(expr: E): E => {
  const open: Expr[] = expr === null ? [] : [expr]
  for (let parts = 1; ; parts++) {
    const part = open.pop()
    if (part === undefined) return expr
    if (parts > MOST_PARTS)
      throw mistake(
        `there are more than ${MOST_PARTS} parts once the streams below are written out`,
        'use a value of the stream below fewer times',
      )
    open.push(...partsOf(part))
  }
}
