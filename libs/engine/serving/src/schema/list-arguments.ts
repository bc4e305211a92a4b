import { PlatformError, didYouMean, parseExact } from '@tidewater/base'
import type { Filter, OrderTerm, Test } from '@tidewater/merge'
import { SUM_DIGITS, scaleOf } from '@tidewater/expr'
import type { Type, Value } from '@tidewater/expr'
import { parseInstant } from '../instant.ts'
import type { Column, ViewAccess } from '../view-access.ts'

type Json = Readonly<Record<string, unknown>>

const WORDS: readonly string[] = ['eq', 'in', 'startsWith', 'isNull', 'gt', 'gte', 'lt', 'lte']
const MAX_LIST = 10_000

const bad = (message: string, cure: string, path: string): PlatformError =>
  new PlatformError('BAD_INPUT', message, cure, path)

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const digitsAfterPoint = (text: string): number => /\.(\d*?)0*$/.exec(text)?.[1]?.length ?? 0

/** A given value in the form state has it; `scale` for exact types. Throws `BAD_INPUT`. */
export const valueOf = (given: unknown, type: Type, path: string, scale = scaleOf(type)): Value => {
  const wrong = (cure: string): PlatformError =>
    bad(`${path}: ${JSON.stringify(given)?.slice(0, 60)} does not fit`, cure, path)
  switch (type.kind) {
    case 'int':
    case 'decimal': {
      const text = typeof given === 'number' ? String(given) : given
      const exact = typeof text === 'string' ? parseExact(text, scale, SUM_DIGITS + 10) : null
      if (exact === null) throw wrong('write a number such as "12.50"')
      return exact
    }
    case 'number':
      if (typeof given !== 'number' || !Number.isFinite(given)) throw wrong('write a number')
      return given
    case 'boolean':
      if (typeof given !== 'boolean') throw wrong('write true or false')
      return given
    case 'instant': {
      const instant = typeof given === 'string' ? parseInstant(given) : null
      if (instant?.kind !== 'at') throw wrong('write "2026-11-21T10:00:00Z"')
      return instant.ms
    }
    case 'list':
      throw bad(`${path} is a list`, 'choose by another column', path)
    case 'id':
    case 'text':
    case 'oneOf':
      if (typeof given === 'number' && Number.isSafeInteger(given)) return String(given)
      if (typeof given !== 'string') throw wrong('write a text')
      return given
  }
}

/** `{eq, in, …}`, or a bare value, which means eq. */
const testOf = (given: unknown, { name, type }: Column): Test => {
  const path = `where.${name}`
  const words: Json = isObject(given) ? given : { eq: given }
  for (const [word, value] of Object.entries(words)) {
    if (!WORDS.includes(word))
      throw bad(`${path} has no '${word}'${didYouMean(word, WORDS)}`, `use ${WORDS.join(', ')}`, path)
    if (value === null)
      throw bad(`${path}.${word} is null`, 'write isNull: true to find what is missing', path)
  }
  const bounds = Object.entries(words).filter(([word]) => word !== 'isNull' && word !== 'startsWith')
  // A bound with more digits than the column is compared exactly, not rounded.
  const texts = bounds
    .flatMap(([, value]) => (Array.isArray(value) ? (value as readonly unknown[]) : [value]))
    .map(String)
  const isExactColumn = type.kind === 'int' || type.kind === 'decimal'
  const extra = isExactColumn
    ? Math.max(0, ...texts.map((text) => digitsAfterPoint(text) - scaleOf(type)))
    : 0
  const test: Record<string, unknown> = extra > 0 ? { extraDigits: extra } : {}
  for (const [word, value] of Object.entries(words))
    test[word] = wordOf(word, value, type, path, scaleOf(type) + extra)
  return test as Test
}

const wordOf = (word: string, value: unknown, type: Type, path: string, scale: number): unknown => {
  if (word === 'isNull') {
    if (typeof value === 'boolean') return value
    throw bad(`${path}.isNull is true or false`, 'write isNull: true', path)
  }
  if (word === 'startsWith') {
    if (typeof value === 'string') return value
    throw bad(`${path}.startsWith is a text`, 'write startsWith: "a"', path)
  }
  if (word !== 'in') return valueOf(value, type, path, scale)
  if (!Array.isArray(value)) throw bad(`${path}.in is a list`, 'write in: [...]', path)
  if (value.length > MAX_LIST)
    throw new PlatformError(
      'LIMIT',
      `${path}.in has ${value.length} values; ${MAX_LIST} are allowed`,
      'ask in several queries',
      path,
    )
  return value.map((one) => valueOf(one, type, path, scale))
}

/** The filters of a `where`: on keys, applied before grouping, and on measures, applied after. */
export const filtersOf = (access: ViewAccess, where: unknown): { where: Filter[]; having: Filter[] } => {
  const filters = { where: [] as Filter[], having: [] as Filter[] }
  if (where === null || where === undefined) return filters
  if (!isObject(where))
    throw bad('where is an object of columns', 'write where: {"country": {"eq": "France"}}', 'where')
  for (const [name, given] of Object.entries(where)) {
    const column = columnNamed(access, name, 'where')
    // An input object field that is given as null asks nothing of its column.
    if (given === null || given === undefined) continue
    filters[column.role === 'KEY' ? 'where' : 'having'].push({ column: name, test: testOf(given, column) })
  }
  return filters
}

export const columnNamed = (access: ViewAccess, name: string, path: string): Column => {
  const column = access.column(name)
  if (column !== null) return column
  const names = [...access.keys, ...access.measures].map((one) => one.name)
  throw bad(
    `${access.view.name} has no column '${name.slice(0, 60)}'${didYouMean(name, names)}`,
    `columns: ${names.join(', ')}`,
    path,
  )
}

/** `[{revenue: DESC}]`, each with one column. */
export const orderOf = (given: readonly Json[] | null | undefined): readonly OrderTerm[] | null =>
  given === null || given === undefined || given.length === 0
    ? null
    : given.flatMap((term) =>
        Object.entries(term).map(([column, direction]) => ({
          column,
          direction: direction as OrderTerm['direction'],
        })),
      )

/** 'revenue', 'revenue asc', 'country desc, revenue'. Measures descend and keys ascend unless it says otherwise. */
export const parseOrder = (
  access: ViewAccess,
  text: string | null | undefined,
): readonly OrderTerm[] | null => {
  if (text === null || text === undefined || text.trim() === '') return null
  return text.split(',').map((term) => {
    const [name = '', direction, more] = term.trim().split(/\s+/)
    const isTime = name === 'start' && access.view.window !== null
    const column = isTime ? null : columnNamed(access, name, 'orderBy')
    if (column?.type.kind === 'list') throw bad(`'${name}' is a list`, 'order by another column', 'orderBy')
    const isKey = column === null || column.role === 'KEY'
    const word = (direction ?? (isKey ? 'asc' : 'desc')).toUpperCase()
    if (more === undefined && (word === 'ASC' || word === 'DESC')) return { column: name, direction: word }
    throw bad(`'${term.trim().slice(0, 60)}' is no order`, `write '${name} asc' or '${name} desc'`, 'orderBy')
  })
}
