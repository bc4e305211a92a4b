import { formatExact } from '@tidewater/base'
import { isExact, scaleOf, type Type, type Value } from '@tidewater/expr'
import type { EventDefinition } from 'tidewater'
import { ID_HEADER } from './identity.ts'

/** A row of the archive with its envelope. */
export interface ArchivedRow {
  readonly row: Readonly<Record<string, Value>>
  readonly id: string
  readonly offset: number
  /** Prefix maximum of append time, ms. */
  readonly appendedAt: number
}

export interface LoggedRecord {
  readonly offset: number
  readonly appendedAt: number
  readonly key: null
  readonly value: Uint8Array
  readonly headers: Readonly<Record<string, string>>
}

const encoder = new TextEncoder()

/** An archived row as a record of the log that every reader decides on as on the one it was archived from (semantics A2). */
export const loggedRecord = (
  { fields }: EventDefinition,
  { row, id, offset, appendedAt }: ArchivedRow,
): LoggedRecord => {
  const known = fields.flatMap(({ name, type }) => {
    const value = row[name] ?? null
    return value === null ? [] : [[name, jsonOf(type, value)] as const]
  })
  const value = encoder.encode(JSON.stringify(Object.fromEntries(known)))
  return { offset, appendedAt, key: null, value, headers: { [ID_HEADER]: id } }
}

/** Decimals as text, which keeps every digit; an int has at most 15. */
const jsonOf = (type: Type, value: Exclude<Value, null>): unknown =>
  isExact(type) && type.kind === 'decimal' ? formatExact(value as number | bigint, scaleOf(type)) : value
