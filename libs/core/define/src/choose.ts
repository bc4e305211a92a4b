import { expression } from './expression.ts'
import { mistake } from './mistake.ts'
import { familyOf, nodeOf } from './node.ts'
import { operand, inWords } from './operand.ts'
import type { AnyNumeric, KindOf, MissingOf, Numeric, Wide } from './value.ts'
import { eitherType } from './width.ts'

export type Chosen<A extends AnyNumeric<'event'> | AnyNumeric<'measure'>, B> = Numeric<
  Wide<KindOf<A>, KindOf<B>>,
  A['~scope'],
  MissingOf<A> | MissingOf<B>
>

const choose = (op: 'greatest' | 'least', a: unknown, b: unknown): unknown => {
  const self = nodeOf(a)
  if (self === null || familyOf(self.expr.type) !== 'number')
    throw mistake(`'${op}' takes two numbers, not ${inWords(a)}`, `write ${op}(value, 10)`)
  const other = operand(self, op, b)
  const type = eitherType(self.expr.type, other.type, self.scope)
  return expression(
    { op, type, optional: self.expr.optional || other.optional, args: [self.expr, other] },
    self.scope,
  )
}

/** The greater of two numbers; missing when either is missing. */
export const greatest = <
  A extends AnyNumeric<'event'> | AnyNumeric<'measure'>,
  const B extends AnyNumeric<A['~scope']> | number,
>(
  a: A,
  b: B,
): Chosen<A, B> => choose('greatest', a, b) as Chosen<A, B>

/** The lesser of two numbers; missing when either is missing. */
export const least = <
  A extends AnyNumeric<'event'> | AnyNumeric<'measure'>,
  const B extends AnyNumeric<A['~scope']> | number,
>(
  a: A,
  b: B,
): Chosen<A, B> => choose('least', a, b) as Chosen<A, B>
