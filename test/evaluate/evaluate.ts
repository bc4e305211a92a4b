import {
  adaptiveForest,
  binaryMetrics,
  blend,
  factors,
  linear,
  logistic,
  recall,
  regressionMetrics,
  type Features,
  type Learner,
} from '@tidewater/learning'
import { clickFeatures } from './click-features.ts'
import type { Dataset } from './datasets.ts'
import type { Examples } from './read-examples.ts'

/** The classifier of every file: nothing of it is tuned to one. */
const defaultClassifier = (features: Features): Learner => {
  const ftrl = { kind: 'ftrl', alpha: 0.5, beta: 1 } as const
  return blend([
    recall(features, (longer) => adaptiveForest({ features: longer })),
    logistic({ features, step: ftrl }),
    recall(features, (longer) => logistic({ features: longer, step: { kind: 'constant', rate: 0.05 } })),
  ])
}

/** What others begin with: standard scores into a regression by plain gradient steps of 0.01. */
const plain = ({ dataset, features }: Examples): Learner => {
  const options = { features, step: { kind: 'constant', rate: 0.01 } } as const
  return dataset.metric === 'rmse' ? linear(options) : logistic(options)
}

export interface Evaluation {
  readonly metric: Dataset['metric']
  readonly value: number
  /** The same metric of the plain regression, on the same examples in the same order. */
  readonly reference: number
}

/** Predict first, then learn, over all examples in their order. */
export const evaluate = (examples: Examples): Evaluation => {
  const { dataset } = examples
  const { metric } = dataset
  const reference = scoreOf(metric, plain(examples), examples)
  const seen = dataset.kind === 'clicks' ? withClickFeatures(examples) : examples
  return { metric, value: scoreOf(metric, learnerOf(seen), seen), reference }
}

const learnerOf = ({ dataset, features, labels }: Examples): Learner =>
  dataset.kind === 'ratings' ? factors({ range: rangeOf(labels) }) : defaultClassifier(features)

/** The scale of the stars is known to whoever asks for them. */
const rangeOf = (labels: Float64Array): readonly [number, number] => [
  labels.reduce((least, label) => Math.min(least, label), Infinity),
  labels.reduce((greatest, label) => Math.max(greatest, label), -Infinity),
]

const withClickFeatures = (examples: Examples): Examples => {
  const counts = clickFeatures(examples.texts)
  const kept = examples.features.flatMap(({ name }, n) => (name === 'click_time' ? [] : [n]))
  const features = [...kept.map((n) => examples.features[n] as Features[number]), ...counts.features]
  const rows = examples.rows.map((row, n) =>
    Float64Array.from([...kept.map((k) => row[k] as number), ...(counts.rows[n] as Float64Array)]),
  )
  return { ...examples, features, rows }
}

const scoreOf = (metric: Dataset['metric'], learner: Learner, { rows, labels }: Examples): number => {
  const state = learner.zero()
  const predicted = new Float64Array(labels.length)
  for (const [n, row] of rows.entries()) {
    predicted[n] = learner.predict(state, row)
    learner.learn(state, row, labels[n] as number, 1)
  }
  const found =
    metric === 'rmse' ? regressionMetrics(predicted, labels).rmse : binaryMetrics(predicted, labels)[metric]
  if (found === null) throw new Error(`no ${metric}: the file has too few examples`)
  return found
}
