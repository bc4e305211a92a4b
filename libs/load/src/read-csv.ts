import { type InfoRecord, type Options, parse } from 'csv-parse'
import type { Readable } from 'node:stream'
import type { RowSource, SourceRow } from './source.ts'

const BOM = '\ufeff'

/** CSV with a header line (RFC 4180). A line with too few or too many cells is a broken row, not the end. */
export const readCsv = async (bytes: Readable, delimiter: string): Promise<RowSource> => {
  const parser = parse({
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    // The types know only records that stay arrays.
    on_record: ((cells: string[], { lines }: InfoRecord): Csv => ({
      cells,
      line: lines,
    })) as unknown as Options['on_record'],
  } as Options)
  bytes.on('error', (error) => parser.destroy(error))
  const records = (bytes.pipe(parser) as AsyncIterable<Csv>)[Symbol.asyncIterator]()
  const header = await records.next()
  const columns: readonly string[] =
    header.done === true
      ? []
      : header.value.cells.map((name, i) => (i === 0 && name.startsWith(BOM) ? name.slice(1) : name))
  return { columns, rows: rowsOf(records, columns.length, delimiter) }
}

interface Csv {
  readonly cells: readonly string[]
  readonly line: number
}

async function* rowsOf(
  records: AsyncIterator<Csv>,
  width: number,
  delimiter: string,
): AsyncGenerator<SourceRow> {
  for (let next = await records.next(); next.done !== true; next = await records.next()) {
    const { cells, line } = next.value
    const broken = cells.length === width ? null : `has ${cells.length} cells, the header has ${width}`
    yield { line, cells, broken, text: () => cells.map((cell) => quoted(cell, delimiter)).join(delimiter) }
  }
}

const quoted = (cell: string, delimiter: string): string =>
  cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
