import { PlatformError } from '@tidewater/base'
import type { Filter, Layer, ListQuery, OrderTerm } from '@tidewater/merge'
import type { Value } from '@tidewater/expr'
import type { InstantArgument } from './instant.ts'
import type { ViewAccess } from './view-access.ts'

/** A list as it was asked for, typed and checked. */
export interface ListQuestion {
  /** Only these values of the view's single key; null: all. */
  readonly keys: readonly Value[] | null
  /** On keys, before grouping. */
  readonly where: readonly Filter[]
  /** On measures, after grouping. */
  readonly having: readonly Filter[]
  readonly groupBy: readonly string[] | null
  readonly order: readonly OrderTerm[]
  readonly first: number
  readonly after: string | null
  readonly layer: Layer
  /** Views without window. */
  readonly asOf: InstantArgument
  /** Views with window. */
  readonly from: InstantArgument | null
  readonly to: InstantArgument
  readonly every: string | null
  readonly zone: string | null
  readonly wantsPrevious: boolean
  /** What is asked of all rows: nothing, their count, or their total and the others too. */
  readonly whole: ListQuery['whole']
}

export const MAX_ROWS = 10_000
const DEFAULT_ROWS = 100

export const defaultRows = ({ view }: ViewAccess): number => view.top?.n ?? DEFAULT_ROWS

/** Throws `LIMIT` beyond 10,000, naming the cure. */
export const checkFirst = (first: number, path: string): number => {
  if (first > MAX_ROWS) {
    throw new PlatformError(
      'LIMIT',
      `${path} is at most ${MAX_ROWS}, not ${first}`,
      `write ${path}: ${MAX_ROWS} and go on with after: next`,
      path,
    )
  }
  if (first < 0 || !Number.isInteger(first))
    throw new PlatformError(
      'BAD_INPUT',
      `${path} is a whole number from 0 to ${MAX_ROWS}`,
      `write ${path}: 100`,
      path,
    )
  return first
}

/** The order of a list nobody ordered: the view's `top`, else by window and key. */
export const defaultOrder = ({ view }: ViewAccess): readonly OrderTerm[] => {
  if (view.top !== null) return [{ column: view.top.by, direction: 'DESC' }]
  return view.window === null ? [] : [{ column: 'start', direction: 'ASC' }]
}

/** The keys a filter names one by one, when the view has a single key kept as it is: then nothing is scanned. */
export const namedKeys = (
  access: ViewAccess,
  { keys, where }: Pick<ListQuestion, 'keys' | 'where'>,
): readonly string[] | null => {
  const [only] = access.keys
  if (access.keys.length !== 1 || only === undefined) return null
  const test = where.find(({ column }) => column === only.name)?.test
  const values = keys ?? test?.in ?? (test?.eq === undefined ? null : [test.eq])
  if (values === null || test?.extraDigits !== undefined) return null
  const texts = values.map((value) => access.keyText({ [only.name]: value }))
  return texts.includes(null) ? null : [...new Set(texts as string[])]
}
