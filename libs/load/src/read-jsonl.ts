import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { RowSource, SourceRow } from './source.ts'

/** Lines looked at for column names before the first row is taken. */
const LOOK_AHEAD = 1_000

/** One JSON object per line. Columns are the keys of the first lines; a key that turns up later breaks its row. */
export const readJsonl = async (bytes: Readable): Promise<RowSource> => {
  const lines = createInterface({ input: bytes, crlfDelay: Infinity })[Symbol.asyncIterator]()
  const first: Line[] = []
  let number = 0
  while (first.length < LOOK_AHEAD) {
    const next = await lines.next()
    if (next.done === true) break
    number++
    if (next.value.trim() !== '') first.push(parsed(next.value, number))
  }
  const columns = [...new Set(first.flatMap(({ object }) => (object === null ? [] : [...object.keys()])))]
  return { columns, rows: rowsOf(first, lines, number, columns) }
}

interface Line {
  readonly number: number
  readonly text: string
  readonly object: ReadonlyMap<string, string | null> | null
}

/** The text of a number is kept: a double would lose digits. */
type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source: string }) => unknown
const keepSource: Reviver = (_key, value, { source }) => (typeof value === 'number' ? source : value)

const parsed = (text: string, number: number): Line => {
  const line = number === 1 && text.startsWith('\ufeff') ? text.slice(1) : text
  try {
    const value: unknown = JSON.parse(line, keepSource as (key: string, value: unknown) => unknown)
    if (value === null || typeof value !== 'object' || Array.isArray(value))
      return { number, text, object: null }
    return {
      number,
      text,
      object: new Map(Object.entries(value).map(([name, cell]) => [name, cellOf(cell)])),
    }
  } catch (error) {
    if (error instanceof SyntaxError) return { number, text, object: null }
    throw error
  }
}

const cellOf = (value: unknown): string | null => {
  if (value === null || value === undefined) return null
  return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value)
}

async function* rowsOf(
  first: readonly Line[],
  lines: AsyncIterator<string>,
  read: number,
  columns: readonly string[],
): AsyncGenerator<SourceRow> {
  const known = new Set(columns)
  for (const line of first) yield rowOf(line, columns, known)
  let number = read
  for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
    number++
    if (next.value.trim() !== '') yield rowOf(parsed(next.value, number), columns, known)
  }
}

const rowOf = (
  { number, text, object }: Line,
  columns: readonly string[],
  known: ReadonlySet<string>,
): SourceRow => {
  const strange = object === null ? undefined : [...object.keys()].find((name) => !known.has(name))
  const broken =
    object === null ? 'is not a JSON object' : strange === undefined ? null : `has a new key '${strange}'`
  return { line: number, cells: columns.map((name) => object?.get(name) ?? null), broken, text: () => text }
}
