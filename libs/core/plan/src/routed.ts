import type { Expr } from '@tidewater/expr'
import { isPlainKey } from './key.ts'
import type { Layout } from './layout-types.ts'

const withoutSkip = (expr: Expr): Expr => (expr.op === 'orSkip' ? expr.args[0] : expr)

/**
 * Whether a view's key text is the very text its event is partitioned by: then murmur2 of it names the group's home partition,
 * and only a stray (see the header) can be anywhere else.
 */
export const isRouted = ({ stateKeys }: Layout, event: { readonly key: string }): boolean => {
  const [only] = stateKeys
  if (only === undefined || !isPlainKey(stateKeys)) return false
  const expr = withoutSkip(only.expr)
  return expr.op === 'field' && expr.name === event.key
}
