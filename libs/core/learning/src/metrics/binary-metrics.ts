/** Probabilities are held so far from 0 and 1 when their logarithm is taken. */
const CERTAIN = 1e-9

export interface BinaryMetrics {
  readonly examples: number
  readonly positives: number
  readonly accuracy: number | null
  readonly precision: number | null
  readonly recall: number | null
  readonly f1: number | null
  readonly logLoss: number | null
  /** Mean squared distance of probability and label (Brier 1950). */
  readonly brier: number | null
  /** Area under the ROC curve, exact over all examples, ties count half; null without both classes. */
  readonly auc: number | null
  /** Mean precision over the positives, ties broken against us. */
  readonly averagePrecision: number | null
  /** Mean distance of predicted and true share over ten bands of probability, weighted by examples. */
  readonly calibrationError: number | null
}

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)

/** Every metric of predictions of two classes, from scratch. `predicted`: probabilities of 1; `labels`: 0 or 1; same length. */
export const binaryMetrics = (
  predicted: ArrayLike<number>,
  labels: ArrayLike<number>,
  threshold = 0.5,
): BinaryMetrics => {
  const examples = labels.length
  let [truePositives, falsePositives, falseNegatives, right, loss, squares, positives] = [0, 0, 0, 0, 0, 0, 0]
  for (let n = 0; n < examples; n++) {
    const [p, y] = [predicted[n] as number, labels[n] as number]
    const says = p > threshold ? 1 : 0
    if (says === y) right++
    if (says === 1 && y === 1) truePositives++
    if (says === 1 && y === 0) falsePositives++
    if (says === 0 && y === 1) falseNegatives++
    positives += y
    const bounded = Math.min(1 - CERTAIN, Math.max(CERTAIN, p))
    loss -= Math.log(y === 1 ? bounded : 1 - bounded)
    squares += (p - y) ** 2
  }
  return {
    examples,
    positives,
    accuracy: ratio(right, examples),
    precision: ratio(truePositives, truePositives + falsePositives),
    recall: ratio(truePositives, truePositives + falseNegatives),
    f1: ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives),
    logLoss: ratio(loss, examples),
    brier: ratio(squares, examples),
    auc: rocArea(predicted, labels),
    averagePrecision: averagePrecision(predicted, labels),
    calibrationError: calibrationError(predicted, labels),
  }
}

const ascending = (values: ArrayLike<number>): Uint32Array =>
  Uint32Array.from({ length: values.length }, (_, n) => n).sort(
    (a, b) => (values[a] as number) - (values[b] as number),
  )

/** The chance that a positive is ranked above a negative: the rank sum of Mann and Whitney 1947. */
export const rocArea = (predicted: ArrayLike<number>, labels: ArrayLike<number>): number | null => {
  const order = ascending(predicted)
  let [positives, ranks] = [0, 0]
  for (let from = 0; from < order.length;) {
    let to = from
    while (to < order.length && predicted[order[to] as number] === predicted[order[from] as number]) to++
    for (let n = from; n < to; n++) {
      if (labels[order[n] as number] !== 1) continue
      positives++
      ranks += (from + to + 1) / 2
    }
    from = to
  }
  const negatives = order.length - positives
  return ratio(ranks - (positives * (positives + 1)) / 2, positives * negatives)
}

const averagePrecision = (predicted: ArrayLike<number>, labels: ArrayLike<number>): number | null => {
  const order = ascending(predicted).reverse()
  let [positives, sum] = [0, 0]
  for (let from = 0; from < order.length;) {
    let [to, found] = [from, 0]
    while (to < order.length && predicted[order[to] as number] === predicted[order[from] as number])
      found += labels[order[to++] as number] as number
    positives += found
    sum += (found * positives) / to
    from = to
  }
  return ratio(sum, positives)
}

const BANDS = 10

const calibrationError = (predicted: ArrayLike<number>, labels: ArrayLike<number>): number | null => {
  const [counts, sums, hits] = [new Float64Array(BANDS), new Float64Array(BANDS), new Float64Array(BANDS)]
  for (let n = 0; n < labels.length; n++) {
    const band = Math.min(BANDS - 1, Math.floor((predicted[n] as number) * BANDS))
    counts[band] = (counts[band] as number) + 1
    sums[band] = (sums[band] as number) + (predicted[n] as number)
    hits[band] = (hits[band] as number) + (labels[n] as number)
  }
  const off = counts.reduce(
    (sum, _, band) => sum + Math.abs((sums[band] as number) - (hits[band] as number)),
    0,
  )
  return ratio(off, labels.length)
}
