import type { Expr } from '@tidewater/expr'
import type { KeyDefinition } from 'tidewater'
import { everyPart, mapOperands } from '@tidewater/expr'
import type { PresentedKey, StateKey } from './layout-types.ts'

/** What identifies a group in the state, and how the view's keys are read from it. */
export interface KeyLayout {
  readonly stateKeys: readonly StateKey[]
  readonly keys: readonly PresentedKey[]
}

const uses = (op: Expr['op'], expr: Expr): boolean => everyPart(expr).some((part) => part.op === op)
const withoutSkip = (expr: Expr): Expr => (expr.op === 'orSkip' ? expr.args[0] : expr)

/**
 * Divides each key into what the state is kept by and what is bound at read (semantics V6): every largest part that
 * needs no lookup becomes a state key, the lookups around it stay. `x` and `x.orSkip()` share one state key, and then
 * the row without x is skipped for both.
 */
export const keyLayoutOf = (definitions: readonly KeyDefinition[]): KeyLayout => {
  const found: { readonly id: string; expr: Expr }[] = []

  const columnOf = (expr: Expr): Expr => {
    const id = JSON.stringify(withoutSkip(expr))
    let at = found.findIndex((key) => key.id === id)
    if (at < 0) at = found.push({ id, expr }) - 1
    else if (expr.op === 'orSkip') found[at] = { id, expr }
    return { op: 'field', name: `k${at}`, type: expr.type, optional: expr.optional }
  }
  const bind = (expr: Expr): Expr => {
    if (!uses('field', expr)) return expr
    return uses('lookup', expr) ? mapOperands(expr, bind) : columnOf(expr)
  }

  const keys = definitions.map(({ name, expr }): PresentedKey => {
    const bound = bind(expr)
    return { name, type: expr.type, expr: bound, direct: bound.op === 'field' ? bound.name : null }
  })
  const stateKeys = found.map(({ expr }, n): StateKey => ({
    column: `k${n}`,
    expr,
    type: expr.type,
    optional: expr.optional,
  }))
  return { stateKeys, keys }
}
