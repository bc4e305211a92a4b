import { PlatformError } from '@tidewater/base'
import type { OrderTerm, Position } from '@tidewater/merge'
import type { Value } from '@tidewater/expr'

/** Where a page ended, and the question it belongs to. */
export interface Cursor {
  readonly generation: string
  readonly order: readonly OrderTerm[]
  readonly asOf: number
  readonly from: number | null
  readonly to: number | null
  readonly position: Position
}

/** bigint has no JSON form of its own: it travels as ['b', text]. */
const toJson = (value: Value): unknown => (typeof value === 'bigint' ? ['b', String(value)] : value)
const fromJson = (value: unknown): Value =>
  Array.isArray(value) ? BigInt(String(value[1])) : (value as Value)

export const encodeCursor = ({ generation, order, asOf, from, to, position }: Cursor): string => {
  const orders = order.map(({ column, direction }) => `${direction === 'ASC' ? '+' : '-'}${column}`)
  const json = JSON.stringify([
    1,
    generation,
    orders,
    asOf,
    from,
    to,
    position.values.map(toJson),
    position.start,
    position.id,
  ])
  return Buffer.from(json).toString('base64url')
}

/** Throws `BAD_INPUT` on text that is no cursor, or that belongs to another order. */
export const decodeCursor = (text: string, order: readonly OrderTerm[]): Cursor => {
  const cursor = parse(text)
  if (cursor !== null && JSON.stringify(cursor.order) === JSON.stringify(order)) return cursor
  throw new PlatformError(
    'BAD_INPUT',
    cursor === null ? 'after is no cursor' : 'after belongs to another order of rows',
    'pass `next` of the page before, and the same orderBy',
    'after',
  )
}

const parse = (text: string): Cursor | null => {
  try {
    const found: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    if (!Array.isArray(found) || found.length !== 9 || found[0] !== 1) return null
    const [, generation, orders, asOf, from, to, values, start, id] = found as unknown[]
    if (
      typeof generation !== 'string' ||
      typeof id !== 'string' ||
      !Array.isArray(orders) ||
      !Array.isArray(values)
    )
      return null
    if (!isInstant(asOf) || !isInstant(start) || !isRangeEnd(from) || !isRangeEnd(to)) return null
    return {
      generation,
      order: orders.map((term: unknown) => ({
        column: String(term).slice(1),
        direction: String(term).startsWith('+') ? 'ASC' : 'DESC',
      })),
      asOf,
      from,
      to,
      position: { values: values.map(fromJson), start, id },
    }
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

const isInstant = (value: unknown): value is number => Number.isSafeInteger(value)
const isRangeEnd = (value: unknown): value is number | null => value === null || isInstant(value)
