import { aggregateOf } from '@tidewater/aggregates'
import { didYouMean, formatDuration } from '@tidewater/base'
import { callsOf, everyPart } from '@tidewater/expr'
import type { Expr } from '@tidewater/expr'
import { hopOf } from '@tidewater/windows'
import type { ViewDefinition } from './definition.ts'
import { describe } from './describe.ts'
import { at, mistake } from './mistake.ts'
import { snakeCase } from './names.ts'

/** Columns and fields every answer has beside the author's own. */
const RESERVED = ['start', 'end', 'window_start', 'window_end', 'freshness', 'previous']
/** Arguments of the single-value field, where keys stand too. */
const ARGUMENTS = ['as_of', 'layer']

/** What can only be told of a view as a whole. */
export const checkView = (view: ViewDefinition): void => {
  checkNames(view)
  for (const measure of view.measures)
    at(`${view.name}.measure.${measure.name}`, () => checkMeasure(view, measure.expr))
  for (const key of view.keys) at(`${view.name}.by.${key.name}`, () => checkKey(key.expr))
  if (view.where !== null) at(`${view.name}.where`, () => noSkip(view.where))
  const { top, window } = view
  if (top !== null) at(`${view.name}.top`, () => checkTop(view, top.by))
  if (view.expiresMs !== null && window !== null) {
    throw mistake(
      `${view.name}.expires: a view with a window has a row per window for ever`,
      'leave out expires or window',
      `${view.name}.expires`,
    )
  }
  if (view.expiresMs !== null && view.keys.length === 0) {
    throw mistake(
      `${view.name}.expires: a view without keys has one row, which cannot expire`,
      '',
      `${view.name}.expires`,
    )
  }
}

const checkNames = (view: ViewDefinition): void => {
  const columns = new Map<string, string>()
  const named = [
    ...view.keys.map((k) => ['by', k.name] as const),
    ...view.measures.map((m) => ['measure', m.name] as const),
  ]
  for (const [part, name] of named) {
    at(`${view.name}.${part}.${name}`, () => {
      const column = snakeCase(name)
      const taken = RESERVED.includes(column) || (part === 'by' && ARGUMENTS.includes(column))
      if (taken) throw mistake(`the name '${name}' is taken: answers have it already`, 'choose another name')
      const other = columns.get(column)
      if (other !== undefined)
        throw mistake(
          other === name
            ? `'${name}' is there twice, as key and as measure`
            : `'${name}' and '${other}' are one name in SQL, '${column}'`,
        )
      columns.set(column, name)
    })
  }
}

const checkMeasure = (view: ViewDefinition, expr: Expr): void => {
  noSkip(expr)
  for (const call of callsOf(expr)) {
    if (call.window !== null) {
      const told = `.${call.window.kind}(${formatDuration(call.window.ms)})`
      if (view.window !== null)
        throw mistake(
          `a view with a window has no ${told}`,
          'leave out window, or write the aggregate without it',
        )
      if (hopOf(call.window.ms) === null)
        throw mistake(
          `${told} has no tile that divides it`,
          'take whole seconds, or above an hour whole minutes',
        )
    }
    if (aggregateOf(call).keeps === 'rows' && view.window !== null)
      throw mistake(`${call.fn}s have their own ends`, 'leave out window')
  }
}

const checkKey = (expr: Expr): void => {
  const inner = everyPart(expr).filter((part) => part.op === 'orSkip')
  if (inner.length > 1 || (inner.length === 1 && expr.op !== 'orSkip'))
    throw mistake(`.orSkip() comes last, not inside ${describe(expr)}`)
}

const noSkip = (expr: Expr | null): void => {
  if (expr === null) return
  const skip = everyPart(expr).find((part) => part.op === 'orSkip')
  if (skip !== undefined)
    throw mistake(
      `.orSkip() is for keys, not ${describe(skip)}`,
      'aggregates pass over missing values; .orElse(value) gives them one',
    )
}

const checkTop = (view: ViewDefinition, by: string): void => {
  const names = view.measures.map((m) => m.name)
  if (!names.includes(by))
    throw mistake(`there is no measure '${by}'${didYouMean(by, names)}: the measures are ${names.join(', ')}`)
  if (view.measures.some(({ name, expr }) => name === by && expr.type.kind === 'list'))
    throw mistake(`'${by}' is a list, which has no order`, 'order by another measure')
}
