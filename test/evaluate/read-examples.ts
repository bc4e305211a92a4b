import { categoryCode, type Features } from '@tidewater/learning'
import { openFile } from '@tidewater/load'
import { datasetOf, type Dataset } from './datasets.ts'

export interface Examples {
  readonly dataset: Dataset
  readonly features: Features
  readonly rows: readonly Float64Array[]
  readonly labels: Float64Array
  /** The cells as text by column, for features that are defined as views. */
  readonly texts: readonly Readonly<Record<string, string>>[]
}

const YES = ['1', 'yes', 'true', 'y', 't']
const NO = ['0', 'no', 'false', 'n', 'f']

/** Reads a file into examples: a column is a number when all its cells are, else a category; an empty cell is missing. */
export const readExamples = async (file: string, label: string | null): Promise<Examples> => {
  const source = await openFile(file)
  const dataset = datasetOf(file, source.columns, label)
  const read: Record<string, string>[] = []
  for await (const { cells, broken, line } of source.rows) {
    if (broken !== null) throw new Error(`${file}:${line} ${broken}`)
    read.push(Object.fromEntries(source.columns.map((column, n) => [column, cells[n] ?? ''])))
  }
  if (read.length === 0) throw new Error(`${file} holds no example`)
  const texts = dataset.orderBy === null ? read : ordered(read, dataset.orderBy)
  const columns = source.columns.filter((name) => name !== dataset.label && !dataset.ignored.includes(name))
  const features: Features = columns.map((name) => ({
    name,
    kind:
      !dataset.categories.includes(name) && texts.every((row) => isNumber(row[name])) ? 'number' : 'category',
  }))
  const rows = texts.map((row) =>
    Float64Array.from(features, ({ name, kind }) => cellOf(row[name] ?? '', kind)),
  )
  const labels = Float64Array.from(texts, (row, n) => labelOf(row[dataset.label] ?? '', dataset, file, n + 2))
  if (dataset.metric !== 'rmse' && new Set(labels).size < 2)
    throw new Error(`${file}: ${dataset.label} has one class only: there is nothing to tell apart`)
  return { dataset, features, rows, labels, texts }
}

const isNumber = (text = ''): boolean => text === '' || (text.trim() !== '' && Number.isFinite(Number(text)))

const cellOf = (text: string, kind: 'number' | 'category'): number =>
  text === '' ? NaN : kind === 'number' ? Number(text) : categoryCode(text)

const labelOf = (text: string, { label, metric }: Dataset, file: string, line: number): number => {
  if (metric === 'rmse' && text !== '' && Number.isFinite(Number(text))) return Number(text)
  const lower = text.toLowerCase()
  if (metric !== 'rmse' && YES.includes(lower)) return 1
  if (metric !== 'rmse' && NO.includes(lower)) return 0
  throw new Error(
    `${file}:${line} ${label} is '${text}': ${metric === 'rmse' ? 'not a number' : 'neither yes nor no'}`,
  )
}

/** By number or by text; rows of one moment keep the file's order. */
const ordered = <T extends Readonly<Record<string, string>>>(
  rows: readonly T[],
  column: string,
): readonly T[] => {
  const keys = rows.map((row) => row[column] ?? '')
  const numeric = keys.every((key) => isNumber(key))
  return Array.from(rows.keys())
    .sort(
      (a, b) =>
        (numeric
          ? Number(keys[a]) - Number(keys[b])
          : Number((keys[a] ?? '') > (keys[b] ?? '')) - Number((keys[a] ?? '') < (keys[b] ?? ''))) || a - b,
    )
    .map((n) => rows[n] as T)
}
