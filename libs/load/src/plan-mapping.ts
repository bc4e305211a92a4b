import { PlatformError, didYouMean } from '@tidewater/base'
import type { EventDefinition } from 'tidewater'

export interface MappingOptions {
  /** 'field=column' */
  readonly map: readonly string[]
  readonly ignore: readonly string[]
  /** Columns that are left out when no field takes them. */
  readonly spare?: readonly string[]
}

/** For each field of the event, in order, the index of its column; −1: none (an optional field). */
export interface Mapping {
  readonly columns: readonly number[]
  /** Index of a column `_id`; −1: none. */
  readonly id: number
}

const plain = (name: string): string => name.toLowerCase().replace(/[_\-\s]/g, '')

/**
 * Matches fields and columns ignoring case, `_`, `-` and space. Throws BAD_INPUT with the whole table and the cure when a
 * required field or a column has no partner.
 */
export const planMapping = (
  event: EventDefinition,
  columns: readonly string[],
  options: MappingOptions,
): Mapping => {
  const said = saidPairs(event, columns, options.map)
  const ignored = new Set(options.ignore.map((name) => columnNamed(columns, name)))
  const free = new Map<string, number>()
  columns.forEach((name, i) => {
    if (!ignored.has(i) && ![...said.values()].includes(i)) free.set(plain(name), i)
  })
  const found = event.fields.map(({ name }) => said.get(name) ?? free.get(plain(name)) ?? -1)
  const id = columns.indexOf('_id')
  const missing = event.fields
    .filter((field, i) => found[i] === -1 && !field.optional)
    .map(({ name }) => name)
  const spare = new Set(options.spare)
  const left = columns.filter(
    (name, i) => !found.includes(i) && !ignored.has(i) && !spare.has(name) && i !== id,
  )
  if (missing.length > 0 || left.length > 0) throw refusal(event, columns, found, missing, left)
  return { columns: found, id }
}

const saidPairs = (
  event: EventDefinition,
  columns: readonly string[],
  pairs: readonly string[],
): Map<string, number> => {
  const names = event.fields.map(({ name }) => name)
  return new Map(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      const field = pair.slice(0, at)
      if (at < 1)
        throw new PlatformError('BAD_INPUT', `--map ${pair} is not field=column`, '--map invoiceNo=Invoice')
      if (!names.includes(field)) {
        throw new PlatformError(
          'BAD_INPUT',
          `--map ${pair}: ${event.name} has no field '${field}'${didYouMean(field, names)}`,
          `fields: ${names.join(', ')}`,
        )
      }
      return [field, columnNamed(columns, pair.slice(at + 1))]
    }),
  )
}

const columnNamed = (columns: readonly string[], name: string): number => {
  const exact = columns.indexOf(name)
  const found = exact >= 0 ? exact : columns.findIndex((column) => plain(column) === plain(name))
  if (found >= 0) return found
  throw new PlatformError(
    'BAD_INPUT',
    `The file has no column '${name}'${didYouMean(name, columns)}`,
    `columns: ${columns.join(', ')}`,
  )
}

/** As many as a person reads. */
const CURES = 4

const refusal = (
  event: EventDefinition,
  columns: readonly string[],
  found: readonly number[],
  missing: readonly string[],
  left: readonly string[],
): PlatformError => {
  const table = event.fields.map(({ name, optional, type }, i) => {
    const column = columns[found[i] ?? -1]
    return `  ${name.padEnd(20)} ${(optional ? `${type.kind}, optional` : type.kind).padEnd(18)} ${column ?? (optional ? '–' : '✗ no column')}`
  })
  const unused = left.map((name) => `  ${'✗ no field'.padEnd(39)} ${name}`)
  const what = [
    ...(missing.length > 0 ? [`no column for ${missing.join(', ')}`] : []),
    ...(left.length > 0 ? [`no field for ${left.map((name) => `'${name}'`).join(', ')}`] : []),
  ]
  const quoted = (word: string): string => (/\s/.test(word) ? `"${word}"` : word)
  const near = (field: string): string =>
    left.find((column) => didYouMean(field, [column]) !== '') ?? 'COLUMN'
  const cure = [
    ...missing.map((field) => `--map ${quoted(`${field}=${near(field)}`)}`),
    ...left.map((column) => `--ignore ${quoted(column)}`),
  ]
  const more = cure.length > CURES ? [`… (${cure.length - CURES} more)`] : []
  const message = `${event.name}: ${what.join(' and ')}\n${[`  ${'field'.padEnd(20)} ${'type'.padEnd(18)} column`, ...table, ...unused].join('\n')}\n`
  return new PlatformError('BAD_INPUT', message, [...cure.slice(0, CURES), ...more].join(' '))
}
