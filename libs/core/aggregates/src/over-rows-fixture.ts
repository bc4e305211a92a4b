import { JsBody } from '@tidewater/expr'
import type { Type, Value } from '@tidewater/expr'
import { aggregateOf } from './by-name.ts'
import type { CellCall } from './column.ts'

/** A row as a test writes it; what is left out is 0 or missing, its offset its number. */
export interface TestRow {
  readonly value?: Value
  readonly key?: string
  readonly at?: number
}

interface Asked {
  readonly fn: string
  /** The type of the values; null for an aggregate without an argument. */
  readonly type: Type | null
  readonly options: CellCall['options']
  readonly asOf?: number
}

/** The answer over rows, by the generated code; `incomplete` where some were forgotten. */
export const overRows = (
  { fn, type, options, asOf = 0 }: Asked,
  rows: readonly TestRow[],
): Value | 'incomplete' => {
  const body = new JsBody()
  const field = (name: string, of: Type) => ({ op: 'field', name, type: of, optional: true }) as const
  const call = {
    fn,
    arg: type === null ? null : field('value', type),
    by: field('key', { kind: 'text' }),
    where: null,
    options,
  }
  const code = aggregateOf(call).code(call, body)
  const slots = code.zeros.map((_, n) => `s[${n}]`)
  const nullable = (source: string) => ({ source: `(${source} ?? null)`, nullable: true })
  const input = {
    value: type === null ? null : nullable('row.value'),
    key: nullable('row.key'),
    at: '(row.at ?? 0)',
    partition: '0',
    offset: 'offset',
  }
  return body.build<(rows: readonly TestRow[]) => Value>(`return (rows) => {
    const s = [${code.zeros.join(', ')}];
    rows.forEach((row, offset) => { ${code.add(slots, input)} });
    if (${code.incomplete(slots) ?? 'false'}) return 'incomplete';
    return ${code.present(slots, { asOf: String(asOf), read: null }).source};
  }`)(rows)
}
