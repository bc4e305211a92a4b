import { printValue } from '@tidewater/expr'
import type { SqlDialect, Type, Value } from '@tidewater/expr'
import type { Test } from './filter.ts'

const COMPARED = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const

/** Whether SQL decides the test as `passes` does: doubles are not the same to the last bit in every engine (semantics V2). */
export const isTestOfSql = (type: Type, { extraDigits = 0 }: Test): boolean =>
  type.kind !== 'number' && extraDigits === 0

/** `passes` as a condition on a cell `x` of this type. */
export const testSql = (x: string, type: Type, test: Test, dialect: SqlDialect): string => {
  const { isNull, eq, in: values, startsWith } = test
  if (isNull === true) return Object.keys(test).length === 1 ? `${x} IS NULL` : 'FALSE'
  // A bound may have more digits than the column's type.
  const wide: Type = type.kind === 'int' || type.kind === 'decimal' ? { kind: 'int', digits: 38 } : type
  const cell = (value: Value): string => valueSql(value, wide, dialect)
  const conditions = [`${x} IS NOT NULL`]
  if (eq !== undefined) conditions.push(`${x} = ${cell(eq)}`)
  if (values !== undefined)
    conditions.push(values.length === 0 ? 'FALSE' : `${x} IN (${values.map(cell).join(', ')})`)
  if (startsWith !== undefined)
    conditions.push(isText(type) ? dialect.startsWith(x, dialect.text(startsWith)) : 'FALSE')
  for (const [word, sign] of Object.entries(COMPARED)) {
    const bound = test[word as keyof typeof COMPARED]
    if (bound !== undefined) conditions.push(`${x} ${sign} ${cell(bound)}`)
  }
  return `(${conditions.join(' AND ')})`
}

/** A value to compare with. */
export const valueSql = (value: Value, type: Type, dialect: SqlDialect): string => {
  if (value === null) return 'NULL'
  if (typeof value === 'object') throw new Error('a list is compared with nothing')
  return printValue(value, type, dialect)
}

const isText = ({ kind }: Type): boolean => kind === 'id' || kind === 'text' || kind === 'oneOf'
