import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { isSystemError } from '@tidewater/runtime'
import { lastLines } from '@tidewater/stack'

const warning = 40

/** The last thing a part complained about, as a sentence; its raw last lines when it is no structured log. */
export function lastWords(log: string): string {
  const said = lastLines(log, 30)
    .split('\n')
    .map(complaintOf)
    .filter((text) => text !== null)
  return said.at(-1) ?? `see ${log}\n${lastLines(log, 8)}`
}

/** Answers the complaints written to a log since the last call. */
export function followComplaints(log: string): () => readonly string[] {
  let offset = sizeOf(log)
  let rest = ''
  return () => {
    const { text, end } = readFrom(log, offset)
    offset = end
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    return lines.map(complaintOf).filter((line) => line !== null)
  }
}

function complaintOf(line: string): string | null {
  if (!line.startsWith('{')) return null
  const { level, msg, logger } = lineOf(line)
  // A library's own grumbling (Kafka's client while it retries) stays in the file: our words say what matters.
  return level !== undefined && level >= warning && msg !== undefined && logger === undefined ? msg : null
}

interface LogLine {
  readonly level?: number
  readonly msg?: string
  readonly logger?: string
}

/** A line that was torn says nothing. */
function lineOf(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}

function sizeOf(path: string): number {
  return readFrom(path, Infinity).end
}

/** At most 64 kB from an offset; a file that is not there is empty. */
function readFrom(path: string, offset: number): { readonly text: string; readonly end: number } {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return { text: '', end: 0 }
    throw error
  }
  try {
    const { size } = fstatSync(file)
    if (size <= offset) return { text: '', end: size }
    const buffer = Buffer.alloc(Math.min(size - offset, 65_536))
    const read = readSync(file, buffer, 0, buffer.length, offset)
    return { text: buffer.toString('utf8', 0, read), end: offset + read }
  } finally {
    closeSync(file)
  }
}
