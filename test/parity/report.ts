import { describe, streamsOf } from 'tidewater'
import type { Failure } from './check-case.ts'
import { shown } from './compare.ts'

/** A failure as a person wants to read it: seed, engines, values, definition, rows. */
export function failureText({ seed, one, difference, error }: Failure): string {
  const { view, schema, rows, asOf, cut, newest } = one
  const what =
    difference === null
      ? `an engine refused a statement: ${error?.message ?? ''}`
      : `${difference.between[0]} says ${JSON.stringify(shown(difference.values[0]))}, ${difference.between[1]} says ` +
        `${JSON.stringify(shown(difference.values[1]))}\n  column ${difference.column} of row ${difference.row}`
  const definition = [
    `from ${[...streamsOf(view.through).map(({ name }) => name), schema.event.name].join(' from ')}, horizon ${schema.event.horizonMs} ms, window ${JSON.stringify(view.window)}, expires ${view.expiresMs} ms`,
    ...(view.where === null ? [] : [`where ${describe(view.where)}`]),
    ...view.keys.map(({ name, expr }) => `by ${name}: ${describe(expr)}`),
    ...view.measures.map(({ name, expr }) => `measure ${name}: ${describe(expr)}`),
    `as of ${asOf}, tiles trimmed by ${newest}, cut at offset ${cut}, ${rows.length} rows`,
  ]
  return `seed ${seed}: ${what}\n  ${definition.join('\n  ')}\n  again: npm run parity -- --seed ${seed}`
}

export const rowsText = ({ one }: Failure): string =>
  one.rows
    .map(({ partition, offset, appendedAt, id, row }) =>
      JSON.stringify({ partition, offset, appendedAt, id, ...row }, (_, value: unknown) => shown(value)),
    )
    .join('\n')
