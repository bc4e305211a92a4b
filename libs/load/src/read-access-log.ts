import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { RowSource, SourceRow } from './source.ts'

/** The parts of a line in order; the last two are there in the combined format only. */
const PARTS = [
  { name: 'the address', like: '203.0.113.9', pattern: /(\S+)/y },
  { name: 'the ident', like: '-', pattern: / (\S+)/y },
  { name: 'the user', like: '-', pattern: / (\S+(?: \S+)*?)(?= \[)/y },
  { name: 'the time', like: '[17/May/2015:10:05:03 +0000]', pattern: / \[([^\]]*)\]/y },
  { name: 'the request', like: '"GET /index.html HTTP/1.1"', pattern: / "((?:[^"\\]|\\.)*)"/y },
  { name: 'the status', like: '200', pattern: / (\d{3})(?= |$)/y },
  { name: 'the size', like: '5120', pattern: / (\d+|-)(?= |$)/y },
  { name: 'the referrer', like: '"-"', pattern: / "((?:[^"\\]|\\.)*)"/y },
  { name: 'the user agent', like: '"curl/8.5"', pattern: / "((?:[^"\\]|\\.)*)(?:"|\\?$)/y },
]
/** Parts of the common format, which ends with the size. */
const COMMON = 7

const COLUMNS = [
  'ip',
  'ident',
  'user',
  'at',
  'method',
  'path',
  'protocol',
  'status',
  'bytes',
  'referrer',
  'agent',
]
/** What every log has and few events ask for. */
const SPARE = ['ident', 'user', 'protocol', 'referrer', 'agent']

/**
 * An access log of Apache or nginx in common or combined format, a request a line. Texts stay as the log has them, escapes and
 * all; '-' is missing, as a size it is 0. An agent that is cut off at the end of its line is taken as far as it goes; a line of
 * another shape is a broken row that says which part it lacks.
 */
export const readAccessLog = (bytes: Readable): RowSource => ({
  columns: COLUMNS,
  spare: SPARE,
  // From here on: a line that comes before anybody listens is lost.
  rows: rowsOf(createInterface({ input: bytes, crlfDelay: Infinity })[Symbol.asyncIterator]()),
})

async function* rowsOf(lines: AsyncIterableIterator<string>): AsyncGenerator<SourceRow> {
  let number = 0
  for await (const line of lines) {
    number++
    if (line.trim() === '') continue
    const read = cellsOf(line)
    const [cells, broken] = typeof read === 'string' ? [[], read] : [read, null]
    yield { line: number, cells, broken, text: () => line }
  }
}

/** The cells of a line by column, or why it has none. */
const cellsOf = (line: string): readonly (string | null)[] | string => {
  const parts: string[] = []
  let end = 0
  for (const { name, like, pattern } of PARTS) {
    if (end === line.length && parts.length === COMMON) break
    pattern.lastIndex = end
    const [whole, part] = pattern.exec(line) ?? []
    if (whole === undefined || part === undefined)
      return `${quoted(line.slice(end))} stands where ${name} is expected, such as ${like}`
    parts.push(part)
    end += whole.length
  }
  if (end < line.length) return `${quoted(line.slice(end))} follows the end of a combined log line`
  const [ip = '', ident = '', user = '', time = '', request = '', status = '', size = '', referrer, agent] =
    parts
  const asked = /^(\S+) (.+?)(?: (HTTP\/[\d.]+))?$/.exec(request)
  if (asked === null) return `the request ${quoted(request)} is not a method and a path`
  const [, method = '', path = '', protocol = null] = asked
  const known = (text: string | undefined): string | null =>
    text === undefined || text === '-' ? null : text
  return [
    ...[ip, known(ident), known(user), isoOf(time), method, path, protocol, status],
    ...[size === '-' ? '0' : size, known(referrer), known(agent)],
  ]
}

const MOST_SHOWN = 40

const quoted = (text: string): string => {
  const start = text.trimStart()
  if (start === '') return 'nothing'
  return JSON.stringify(start.length > MOST_SHOWN ? `${start.slice(0, MOST_SHOWN)}…` : start)
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** '17/May/2015:10:05:03 +0000' → '2015-05-17T10:05:03+00:00'; another text as it is, for whoever reads instants to refuse. */
const isoOf = (time: string): string => {
  const found = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d\d)(\d\d)$/.exec(time)
  const [, day, month = '', year, clock, hours, minutes] = found ?? []
  const number = MONTHS.indexOf(month) + 1
  if (number === 0) return time
  return `${year}-${String(number).padStart(2, '0')}-${day}T${clock}${hours}:${minutes}`
}
