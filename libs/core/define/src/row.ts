import { didYouMean } from '@tidewater/base'
import { mistake } from './mistake.ts'

/** The row a callback is handed: a value per field, and a sentence for any other name. */
export const rowOf = <R, F extends { readonly name: string }>(
  owner: string,
  fields: readonly F[],
  valueOf: (field: F) => unknown,
): R => {
  const cells = Object.freeze(Object.fromEntries(fields.map((f) => [f.name, valueOf(f)])))
  const get = (target: object, name: string | symbol): unknown => {
    if (typeof name === 'symbol' || Object.hasOwn(target, name)) return Reflect.get(target, name)
    const names = fields.map((f) => f.name)
    const hint = didYouMean(name, names)
    throw mistake(
      `${owner} has no field '${name}'${hint}${hint === '' ? `: it has ${names.join(', ')}` : ''}`,
    )
  }
  // R is what `fields` says, as the type checker computed it from the same literal
  return new Proxy(cells, { get }) as R
}
