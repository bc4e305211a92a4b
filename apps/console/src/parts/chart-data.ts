/** One line of a chart: a value for each time, null where there is none. */
export interface Series {
  readonly name: string
  readonly tone: 'merged' | 'batch' | 'speed' | 'plain'
  readonly values: readonly (number | null)[]
}

export interface TimeChartProps {
  readonly label: string
  /** ms since epoch, ascending. */
  readonly times: readonly number[]
  readonly series: readonly Series[]
  readonly height?: number
  /** Bars for windows, lines for what flows. */
  readonly look?: 'line' | 'bars'
  /** Upright lines with a word, at ms since epoch. */
  readonly marks?: readonly { readonly at: number; readonly name: string }[]
}
