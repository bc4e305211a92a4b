/** What is known of a file by its columns: what to foretell, and how its columns are to be read. */
export interface Dataset {
  readonly label: string
  readonly metric: 'auc' | 'accuracy' | 'rmse'
  /** Columns that say nothing, or say the label. */
  readonly ignored: readonly string[]
  /** Columns of digits that are names, not numbers. */
  readonly categories: readonly string[]
  /** Rows are taken in the order of this column; file order when null. */
  readonly orderBy: string | null
  readonly kind: 'table' | 'clicks' | 'ratings'
}

const table = { ignored: [], categories: [], orderBy: null, kind: 'table' } as const

const KNOWN: readonly Dataset[] = [
  { ...table, label: 'is_phishing', metric: 'auc' },
  { ...table, label: 'Class', metric: 'auc', ignored: ['Time'] },
  { ...table, label: 'FraudFound', metric: 'auc', ignored: ['PolicyNumber'] },
  { ...table, label: 'class', metric: 'accuracy' },
  {
    label: 'is_attributed',
    metric: 'auc',
    ignored: ['attributed_time'],
    categories: ['ip', 'app', 'device', 'os', 'channel'],
    orderBy: 'click_time',
    kind: 'clicks',
  },
  {
    label: 'rating',
    metric: 'rmse',
    ignored: [],
    categories: ['userId', 'movieId'],
    orderBy: 'timestamp',
    kind: 'ratings',
  },
]

/** The known kind of a file, or what `--label` says of it; throws a sentence when neither helps. */
export const datasetOf = (file: string, columns: readonly string[], label: string | null): Dataset => {
  if (label !== null && !columns.includes(label))
    throw new Error(`${file} has no column ${label}. Columns: ${columns.join(', ')}`)
  const known = KNOWN.find(
    (dataset) => columns.includes(dataset.label) && [null, dataset.label].includes(label),
  )
  if (known !== undefined) return known
  if (label === null)
    throw new Error(`${file}: which column is the label? Add --label COLUMN. Columns: ${columns.join(', ')}`)
  return { ...table, label, metric: 'auc' }
}
