import { must, parseExact } from '@tidewater/base'
import type { Type, Value } from '@tidewater/expr'
import type { Row } from '@tidewater/plan'
import type { ParquetWriter } from '@tidewater/ports'
import { madeOf } from '@tidewater/rows'
import { snakeCase, type EventDefinition } from 'tidewater'
import type { Disk } from './disk.ts'
import type { Process } from './process.ts'

/** A row as the archive keeps it. */
export interface ArchivedRow {
  readonly row: Row
  readonly id: string
  readonly partition: number
  readonly offset: number
  readonly appendedAt: number
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const encoder = new TextEncoder()

/** Files of lines in place of Parquet: what the archive hands over, kept as it is. */
export const lineWriter = (disk: Disk, process: Process): ParquetWriter => ({
  write: (_event, pieces, file) => {
    const texts = pieces.map((piece) => (typeof piece === 'string' ? piece : decoder.decode(piece)))
    return disk.write(process, file, encoder.encode(texts.join('')))
  },
  alike: (files) =>
    process.call('local', async () => {
      const lists = new Map<string, string[]>()
      for (const file of files) {
        const [line = '{}'] = decoder.decode(disk.read(file)).split('\n', 1)
        const columns = Object.keys(JSON.parse(line) as object).join()
        lists.set(columns, [...(lists.get(columns) ?? []), file])
      }
      return [...lists.values()]
    }),
  rewrite: async (files, file) => {
    const texts: string[] = []
    for (const one of files)
      texts.push(await process.call('local', async () => decoder.decode(disk.read(one))))
    const text = texts.join('')
    await disk.write(process, file, encoder.encode(text))
    return text.split('\n').length - 1
  },
  close: async () => undefined,
})

/** What was read already: files never change once they are whole. */
const known = new WeakMap<Uint8Array, Map<EventDefinition, readonly ArchivedRow[]>>()

/** The rows of a file, read by an event's definition: columns it does not know are left, those the file lacks are missing. */
export const rowsOf = (event: EventDefinition, bytes: Uint8Array): readonly ArchivedRow[] => {
  let byEvent = known.get(bytes)
  if (byEvent === undefined) known.set(bytes, (byEvent = new Map<EventDefinition, readonly ArchivedRow[]>()))
  let rows = byEvent.get(event)
  if (rows === undefined) byEvent.set(event, (rows = readRows(event, bytes)))
  return rows
}

const readRows = (event: EventDefinition, bytes: Uint8Array): readonly ArchivedRow[] => {
  const columns = event.fields.map(({ name, type }) => ({ name, type, column: snakeCase(name) }))
  const lines = decoder.decode(bytes).split('\n')
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const cells = JSON.parse(line) as Record<string, unknown>
      return {
        row: Object.fromEntries(
          columns.map(({ name, type, column }) => [name, valueOf(type, cells[column])]),
        ),
        id: cells['_id'] as string,
        partition: cells['_partition'] as number,
        offset: cells['_offset'] as number,
        appendedAt: cells['_appended_at'] as number,
      }
    })
}

const valueOf = (type: Type, cell: unknown): Value => {
  if (cell === null || cell === undefined) return null
  if (type.kind === 'int') return must(parseExact(String(cell), 0, 38), 'an int')
  if (type.kind === 'decimal') return must(parseExact(String(cell), type.scale, 38), 'a decimal')
  return cell as Value
}

/** More rows than a record of a simulated log is made into. */
const NUMBERS = 100_000

type Came = Pick<ArchivedRow, 'id' | 'partition' | 'appendedAt'>

/** Semantics I2 and O1 as they are said: tells of one row after the other, in the order of their log, whether it is a copy. */
export const copiesIn = ({ horizonMs, madeBy }: EventDefinition): ((row: Came) => boolean) => {
  const marks = new Map<string, number>()
  const after = (name: string, mark: number): number => {
    const before = marks.get(name) ?? -Infinity
    marks.set(name, Math.max(before, mark))
    return before
  }
  if (madeBy === null)
    return ({ id, partition, appendedAt }) =>
      appendedAt - after(`${partition} ${id}`, appendedAt) <= horizonMs
  return ({ id, partition }) => {
    const from = madeOf(id)
    if (from === null) return false
    const mark = from.offset * NUMBERS + from.number
    return mark <= after(`${partition} ${from.origin}`, mark)
  }
}

export const withoutCopies = (
  event: EventDefinition,
  rows: readonly ArchivedRow[],
): readonly ArchivedRow[] => {
  const isCopy = copiesIn(event)
  return [...rows]
    .sort((a, b) => a.partition - b.partition || a.offset - b.offset)
    .filter((row) => !isCopy(row))
}
