import { formatExact } from '@tidewater/base'
import { emit, isExact, rowScope, scaleOf } from '@tidewater/expr'
import type { JsBody, TableRows } from '@tidewater/expr'
import type { ViewDefinition } from 'tidewater'
import { isPlainKey } from '../key.ts'
import type { Layout } from '../layout-types.ts'

/** Source of what is returned for a row, by what becomes of it; null: its key. */
export interface KeyAnswers {
  readonly filtered: string
  readonly keyless: string
  readonly kept: string | null
}

/** `(row) => key text | null`; the same text as `encodeKey`.  */
export const keySource = (
  view: ViewDefinition,
  layout: Layout,
  tables: TableRows,
  body: JsBody,
  answers: KeyAnswers,
): string => {
  const scope = rowScope('row', tables)
  const text: string[] = []
  const flush = (): void => {
    text.push(...body.lines.splice(0))
  }
  if (view.where !== null) {
    const { source } = emit(body, view.where, scope)
    flush()
    text.push(`if (${source} !== true) return ${answers.filtered};`)
  }
  const parts = layout.stateKeys.map(({ expr, type, optional }) => {
    const { source } = emit(body, expr, scope)
    flush()
    if (!optional) text.push(`if (${source} === null) return ${answers.keyless};`)
    if (!isExact(type)) return source
    const exact = `${body.constant(formatExact)}(${source}, ${scaleOf(type)})`
    return optional ? `${source} === null ? null : ${exact}` : exact
  })
  const key =
    parts.length === 0
      ? `''`
      : isPlainKey(layout.stateKeys)
        ? parts[0]
        : `JSON.stringify([${parts.join(', ')}])`
  return `(row) => {\n${text.join('\n')}\nreturn ${answers.kept ?? key};\n}`
}
