import { hash } from 'node:crypto'
import type { EventDefinition } from 'tidewater'
import { PlatformError, didYouMean } from '@tidewater/base'
import type { Mapping } from './plan-mapping.ts'
import { type CellOptions, cellReader, checkSigns } from './read-cell.ts'
import type { SourceRow } from './source.ts'

export interface EncodeOptions extends CellOptions {
  /** Texts that mean missing, besides the empty one. */
  readonly nulls: readonly string[]
  /** Columns whose values together are the id; none: a hash of the row. */
  readonly idColumns: readonly string[]
}

export interface EncodedRow {
  readonly line: number
  readonly id: string
  /** One line of JSON, its `_id` first unless a field of the event is the id. */
  readonly json: string
  readonly time: number
  readonly text: () => string
}

export interface BrokenRow {
  readonly line: number
  readonly reason: string
  readonly text: () => string
}

export const isBroken = (row: EncodedRow | BrokenRow): row is BrokenRow => 'reason' in row

/** Turns the rows of one file into events. Stateful: it counts exact repeats, so call it once per row, in order. */
export type RowEncoder = (row: SourceRow) => EncodedRow | BrokenRow

export const rowEncoder = (
  event: EventDefinition,
  columns: readonly string[],
  mapping: Mapping,
  options: EncodeOptions,
): RowEncoder => {
  checkSigns(options)
  const cells = event.fields.map((field, i) => ({
    name: field.name,
    column: mapping.columns[i] ?? -1,
    optional: field.optional,
    prefix: `${JSON.stringify(field.name)}:`,
    read: cellReader(field, options),
  }))
  const nulls = new Set(['', ...options.nulls])
  const time = event.fields.findIndex(({ name }) => name === event.time)
  const dedupe = event.fields.findIndex(({ name }) => name === event.dedupe)
  const naturalId = idReader(columns, mapping, options.idColumns)
  const repeats = createRepeats()
  return (row) => {
    const broken = (reason: string): BrokenRow => ({ line: row.line, reason, text: row.text })
    if (row.broken !== null) return broken(row.broken)
    const parts: string[] = []
    let ms = 0
    let own = ''
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i]
      if (cell === undefined || cell.column < 0) continue
      const text = row.cells[cell.column] ?? null
      if (text === null || nulls.has(text)) {
        if (!cell.optional) return broken(`${cell.name}: is missing`)
        continue
      }
      const read = cell.read(text)
      if ('wrong' in read) return broken(`${cell.name}: ${read.wrong}`)
      parts.push(cell.prefix + read.json)
      if (i === time) ms = Number(read.json)
      // As every reader of the event makes it from the field's value (identity.ts), not as the file happens to write it.
      if (i === dedupe) own = String(JSON.parse(read.json))
    }
    const content = parts.join(',')
    if (dedupe >= 0) return { line: row.line, id: own, json: `{${content}}`, time: ms, text: row.text }
    const id = naturalId === null ? contentId(event.name, content, repeats) : naturalId(row)
    if (id === null) return broken('has no id: a column of --id is missing')
    return { line: row.line, id, json: `{"_id":${JSON.stringify(id)},${content}}`, time: ms, text: row.text }
  }
}

/** The id from columns of the file; null when it is made from the row's content. */
const idReader = (
  columns: readonly string[],
  mapping: Mapping,
  wanted: readonly string[],
): ((row: SourceRow) => string | null) | null => {
  if (wanted.length === 0 && mapping.id < 0) return null
  const indexes = wanted.length === 0 ? [mapping.id] : wanted.map((name) => indexOf(columns, name))
  return ({ cells }) => {
    const values = indexes.map((i) => cells[i] ?? '')
    if (values.includes('')) return null
    return values.length === 1 ? (values[0] ?? null) : JSON.stringify(values)
  }
}

const indexOf = (columns: readonly string[], name: string): number => {
  const found = columns.findIndex((column) => column.toLowerCase() === name.toLowerCase())
  if (found >= 0) return found
  throw new PlatformError(
    'BAD_INPUT',
    `--id: the file has no column '${name}'${didYouMean(name, columns)}`,
    `columns: ${columns.join(', ')}`,
  )
}

/** 128 bits in hexadecimal. */
const ID_DIGITS = 32

/**
 * sha256 of (event, which of its equals, canonical row): equal rows are counted, so each has the same id wherever it stands. A
 * repeated, sorted or extended file adds only what is new, and exact repeats inside it still count.
 */
const contentId = (event: string, content: string, repeats: Repeats): string => {
  const first = digest(event, content, 0)
  const copy = repeats(first)
  return copy === 0 ? first : digest(event, content, copy)
}

const digest = (event: string, content: string, copy: number): string =>
  hash('sha256', `${event}\n${copy}\n${content}`, 'hex').slice(0, ID_DIGITS)

/** How often this row was seen before. */
type Repeats = (digest: string) => number

/** Keeps 52 bits per distinct row (about 40 bytes of memory): two different rows share them once in 10^15 pairs. */
const createRepeats = (): Repeats => {
  const seen = new Set<number>()
  const again = new Map<number, number>()
  return (text) => {
    const bits = Number.parseInt(text.slice(0, 13), 16)
    if (!seen.has(bits)) {
      seen.add(bits)
      return 0
    }
    const copy = (again.get(bits) ?? 0) + 1
    again.set(bits, copy)
    return copy
  }
}
