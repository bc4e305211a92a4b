export interface RegressionMetrics {
  readonly examples: number
  /** Square root of the mean squared error, in the label's unit. */
  readonly rmse: number | null
  /** Mean absolute error, in the label's unit. */
  readonly mae: number | null
}

/** Metrics of predicted values, from scratch; both lists of the same length. */
export const regressionMetrics = (
  predicted: ArrayLike<number>,
  labels: ArrayLike<number>,
): RegressionMetrics => {
  const examples = labels.length
  let [squares, sizes] = [0, 0]
  for (let n = 0; n < examples; n++) {
    const off = (predicted[n] as number) - (labels[n] as number)
    squares += off * off
    sizes += Math.abs(off)
  }
  return {
    examples,
    rmse: examples === 0 ? null : Math.sqrt(squares / examples),
    mae: examples === 0 ? null : sizes / examples,
  }
}
