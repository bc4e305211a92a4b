import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, extname, resolve } from 'node:path'
import { PlatformError, didYouMean, parseExact } from '@tidewater/base'
import { scaleOf } from '@tidewater/expr'
import type { Value } from '@tidewater/expr'
import type { FieldDefinition, TableContent, TableDefinition } from 'tidewater'
import { parseCsv } from './load-catalog-csv.ts'
import { isSystemError } from './system-error.ts'

type Cells = Readonly<Record<string, unknown>>
type TableRecord = { readonly line: number; readonly cells: Cells }

/** Reads the file of a table, which stands beside the file that defines it. Throws a sentence with file and line. */
export const readTable = (table: TableDefinition, definedIn: string): TableContent => {
  const path = resolve(dirname(definedIn), table.file)
  const refuse = (sentence: string, cure: string): PlatformError =>
    new PlatformError('BAD_DEFINITION', `${table.name}.from: ${table.file}: ${sentence}`, cure, table.name)
  const bytes = readBytes(path, refuse)
  const rows = new Map<string, Readonly<Record<string, Value>>>()
  const lines = new Map<string, number>()
  for (const { line, cells } of recordsOf(table, bytes.toString('utf8'), refuse)) {
    const row: Record<string, Value> = {}
    for (const field of table.fields) {
      const value = cellValue(field, cells[field.name])
      if (value === undefined)
        throw refuse(
          `line ${line}: ${field.name} is ${JSON.stringify(cells[field.name] ?? '')}`,
          `it must be ${expected(field)}`,
        )
      row[field.name] = value
    }
    const key = String(row[table.key])
    const first = lines.get(key)
    if (first !== undefined)
      throw refuse(`lines ${first} and ${line} have the same ${table.key} '${key}'`, 'keep one row per key')
    lines.set(key, line)
    rows.set(key, row)
  }
  return { hash: createHash('sha256').update(bytes).digest('hex'), rows }
}

type Refuse = (sentence: string, cure: string) => PlatformError

const readBytes = (path: string, refuse: Refuse): Buffer => {
  try {
    return readFileSync(path)
  } catch (error) {
    if (!isSystemError(error, 'ENOENT', 'EACCES', 'EISDIR')) throw error
    throw refuse(`cannot read ${path}`, 'put the file beside the definition')
  }
}

const recordsOf = (table: TableDefinition, text: string, refuse: Refuse): readonly TableRecord[] => {
  const kind = extname(table.file).toLowerCase()
  if (kind === '.csv') return csvRecords(table, text, refuse)
  if (kind === '.jsonl' || kind === '.ndjson') return jsonRecords(text, refuse)
  throw refuse(`a table cannot be read from '${kind}'`, 'use .csv with a header line, or .jsonl')
}

const jsonRecords = (text: string, refuse: Refuse): readonly TableRecord[] =>
  text.split('\n').flatMap((json, i) => {
    if (json.trim() === '') return []
    const cells = parsedJson(json)
    if (typeof cells === 'object' && cells !== null) return [{ line: i + 1, cells: { ...cells } }]
    throw refuse(`line ${i + 1} is no JSON object`, 'write one object per line')
  })

/** Undefined when the text is no JSON. */
const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const plain = (name: string): string => name.toLowerCase().replace(/[_\-\s]/g, '')

const csvRecords = (table: TableDefinition, text: string, refuse: Refuse): readonly TableRecord[] => {
  const [header, ...records] = parsed(text, refuse)
  if (header === undefined) throw refuse('is empty', 'its first line names the columns')
  const at = table.fields.map((field) => {
    const index = header.cells.findIndex((cell) => plain(cell) === plain(field.name))
    if (index < 0 && !field.optional)
      throw refuse(
        `has no column '${field.name}'${didYouMean(field.name, header.cells)}`,
        `its columns are ${header.cells.join(', ')}`,
      )
    return [field.name, index] as const
  })
  return records.map(({ line, cells }) => {
    if (cells.length !== header.cells.length)
      throw refuse(
        `line ${line} has ${cells.length} cells, the header has ${header.cells.length}`,
        'quote cells that hold commas',
      )
    return {
      line,
      cells: Object.fromEntries(at.map(([name, index]) => [name, index < 0 ? null : cells[index]])),
    }
  })
}

const parsed = (text: string, refuse: Refuse): ReturnType<typeof parseCsv> => {
  try {
    return parseCsv(text)
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error), 'close the quote')
  }
}

/** The typed value, null when missing and allowed to be, undefined when it is not what the field says. */
const cellValue = (field: FieldDefinition, cell: unknown): Value | undefined => {
  if (cell === undefined || cell === null || cell === '') return field.optional ? null : undefined
  const text = typeof cell === 'string' ? cell : JSON.stringify(cell)
  switch (field.type.kind) {
    case 'id':
    case 'text':
      return text
    case 'oneOf':
      return field.type.values.includes(text) ? text : undefined
    case 'int':
    case 'decimal':
      return parseExact(text, scaleOf(field.type), field.type.digits) ?? undefined
    case 'number':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) + 0 : undefined
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined
    case 'instant':
      return instantValue(text)
  }
}

const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/

const instantValue = (text: string): number | undefined => {
  if (!ISO.test(text)) return undefined
  const zoned =
    /(?:Z|[+-]\d{2}:?\d{2})$/.test(text) && text.length > 10
      ? text
      : `${text.length === 10 ? `${text}T00:00` : text}Z`
  const ms = Date.parse(zoned.replace(' ', 'T'))
  return Number.isNaN(ms) ? undefined : ms
}

const expected = (field: FieldDefinition): string => {
  const kind = field.type
  const what =
    kind.kind === 'decimal'
      ? `a number with at most ${kind.digits} digits, ${kind.scale} after the point`
      : kind.kind === 'oneOf'
        ? `one of ${kind.values.join(', ')}`
        : kind.kind === 'instant'
          ? 'an instant such as 2026-11-21T10:00:00Z'
          : kind.kind
  return field.optional ? `${what}, or empty` : what
}
