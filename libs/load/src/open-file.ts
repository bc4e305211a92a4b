import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { PlatformError } from '@tidewater/base'
import { readAccessLog } from './read-access-log.ts'
import { readCsv } from './read-csv.ts'
import { readJsonl } from './read-jsonl.ts'
import { readParquet } from './read-parquet.ts'
import type { RowSource } from './source.ts'

export interface OpenFile extends RowSource {
  readonly name: string
  /** Share of the file's bytes read so far, 0 to 1; null when it cannot be told. */
  readonly fraction: () => number | null
}

export const FORMATS = ['csv', 'tsv', 'jsonl', 'parquet', 'apache'] as const
export type Format = (typeof FORMATS)[number]

/**
 * Opens a file of rows, unzipping .gz. Its extension says its format, unless that is given. Rejects with a sentence when
 * the file is missing or empty.
 */
export const openFile = async (path: string, given: Format | null = null): Promise<OpenFile> => {
  const name = basename(path)
  const size = await sizeOf(path)
  if (size === 0) throw new PlatformError('BAD_INPUT', `${path} is empty`, 'nothing was loaded', path)
  const zipped = await isGzip(path)
  const format = given ?? formatOf(extname(zipped ? name.replace(/\.gz$/i, '') : name), path)
  if (format === 'parquet') return named(name, await readParquet(path), () => null)
  let read = 0
  const file = createReadStream(path, { highWaterMark: 1 << 18 })
  file.on('data', (chunk) => (read += chunk.length))
  const bytes: Readable = zipped ? file.pipe(unzip(file, path)) : file
  const source = await rowsOf(format, bytes)
  if (source.columns.length === 0)
    throw new PlatformError('BAD_INPUT', `${path} holds no row`, 'nothing was loaded', path)
  return named(name, source, () => read / size)
}

const named = (name: string, source: RowSource, fraction: OpenFile['fraction']): OpenFile => ({
  ...source,
  name,
  fraction,
})

const rowsOf = async (format: Exclude<Format, 'parquet'>, bytes: Readable): Promise<RowSource> => {
  switch (format) {
    case 'jsonl':
      return readJsonl(bytes)
    case 'csv':
      return readCsv(bytes, ',')
    case 'tsv':
      return readCsv(bytes, '\t')
    case 'apache':
      return readAccessLog(bytes)
  }
}

const BY_EXTENSION: Readonly<Record<string, Format>> = {
  '.csv': 'csv',
  '.txt': 'csv',
  '': 'csv',
  '.tsv': 'tsv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.json': 'jsonl',
  '.parquet': 'parquet',
  '.log': 'apache',
}

const formatOf = (extension: string, path: string): Format => {
  const format = BY_EXTENSION[extension.toLowerCase()]
  if (format !== undefined) return format
  throw new PlatformError(
    'BAD_INPUT',
    `${path}: ${extension} is not a format I can load`,
    `csv, tsv, jsonl, parquet or log, also .gz; --format ${FORMATS.join('|')} says what it is`,
    path,
  )
}

const sizeOf = async (path: string): Promise<number> => {
  const found = await stat(path).catch(() => null)
  if (found?.isFile() === true) return found.size
  throw new PlatformError('BAD_INPUT', `There is no file ${path}`, 'check the path', path)
}

const isGzip = async (path: string): Promise<boolean> => {
  const file = await open(path)
  const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0)
  await file.close()
  return buffer[0] === 0x1f && buffer[1] === 0x8b
}

const unzip = (file: Readable, path: string) => {
  const gunzip = createGunzip({ chunkSize: 1 << 18 })
  file.on('error', (error) => gunzip.destroy(error))
  gunzip.on('error', (error: Error & { code?: string }) => {
    // A download that broke off: what was read before it stays loaded, and loading again adds only the rest.
    if (error.code === 'Z_BUF_ERROR') error.message = `${path} ends in the middle: the gzip file is cut off`
  })
  return gunzip
}
