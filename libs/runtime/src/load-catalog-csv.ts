/** One record of a CSV text and the line it starts on (1 is the header's). */
export interface CsvRecord {
  readonly line: number
  readonly cells: readonly string[]
}

/** RFC 4180: commas, double quotes, quotes doubled inside, line ends inside quotes. Throws Error on a quote left open. */
export const parseCsv = (text: string): readonly CsvRecord[] => {
  const records: CsvRecord[] = []
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text
  let cells: string[] = []
  let line = 1
  let start = 1
  while (cell.lastIndex < source.length || cells.length > 0) {
    const found = cell.exec(source)
    if (found === null) throw new Error(`line ${start}: a quote is not closed, or text follows one`)
    const [whole, quoted, plain = '', end] = found
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    line += whole.match(/\r\n|\n|\r/g)?.length ?? 0
    if (end === ',') continue
    if (cells.length > 1 || cells[0] !== '') records.push({ line: start, cells })
    cells = []
    start = line
    if (whole === '') break
  }
  return records
}
