import {
  adwin,
  binaryMetrics,
  ddm,
  hoeffdingTree,
  kolmogorovSmirnov,
  linear,
  logistic,
  naiveBayes,
  pageHinkley,
  type DriftDetector,
  type Learner,
} from '@tidewater/learning'
import { describe, expect, it } from 'vitest'
import { examples, FEATURES as features, numbersFrom } from './examples.ts'
import reference from './reference.json' with { type: 'json' }

// Every expected number is River's or scikit-learn's on the same examples: see reference.py.
const { rows, labels } = examples()

/** Predict first, then learn. */
const predictions = (learner: Learner, values: readonly number[] = labels): number[] => {
  const state = learner.zero()
  return rows.map((row, n) => {
    const predicted = learner.predict(state, row)
    learner.learn(state, row, values[n] as number, 1)
    return predicted
  })
}
const everyFiftieth = (values: readonly number[]): number[] => values.filter((_, n) => n % 50 === 0)

const expectClose = (found: readonly number[], expected: readonly number[], within: number): void => {
  expect(found.length).toBe(expected.length)
  const off = found.map((value, n) => Math.abs(value - (expected[n] as number)))
  expect(Math.max(...off)).toBeLessThan(within)
}

const detections = (detector: DriftDetector, values: readonly number[]): number[] => {
  const state = detector.zero()
  return values.flatMap((value, n) => (detector.observe(state, 0, value) === 'drift' ? [n] : []))
}
const errors = ((next) =>
  Array.from({ length: 4_000 }, (_, n) => (next() < (n < 2_000 ? 0.1 : 0.4) ? 1 : 0)))(numbersFrom(7))

describe('against River and scikit-learn', () => {
  it('logistic regression predicts the same at every fiftieth example', () => {
    const found = predictions(logistic({ features, step: { kind: 'constant', rate: 0.01 } }))
    expectClose(everyFiftieth(found), reference.logistic, 1e-9)
  })

  it('logistic regression with a quadratic penalty predicts the same', () => {
    const found = predictions(logistic({ features, step: { kind: 'constant', rate: 0.05 }, l2: 0.01 }))
    expectClose(everyFiftieth(found), reference.logisticL2, 1e-9)
  })

  it('linear regression predicts the same, once its loss is written the same way', () => {
    const values = rows.map((row) => 2 * (row[0] as number) + (row[1] as number) / 10)
    // River's squared error is not halved: its step of 0.01 is one of 0.02 here, its intercept's 0.01 too.
    const found = predictions(linear({ features, step: { kind: 'constant', rate: 0.02 } }), values)
    expectClose(everyFiftieth(found), reference.linear, 1e-6)
  })

  it('naive Bayes predicts the same once every class has been seen', () => {
    // River adds 10⁻⁹ to every density before it takes the logarithm, which shows far out in the tails.
    expectClose(everyFiftieth(predictions(naiveBayes({ features }))).slice(1), reference.naiveBayes, 2e-3)
  })

  it('a Hoeffding tree is as often right, within four points of a hundred', () => {
    const found = predictions(hoeffdingTree({ features, grace: 50, delta: 0.01, tie: 0.05 }))
    const { accuracy } = binaryMetrics(found, labels)
    expect(Math.abs((accuracy ?? 0) - reference.hoeffdingTree.accuracy)).toBeLessThan(0.04)
  })

  it('ADWIN, DDM and Page–Hinkley find the drift at the same values', () => {
    // River empties the whole window at a drift; the paper, and we, only its old part, so ours may say it twice.
    expect(detections(adwin(), errors)[0]).toBe(reference.adwin[0])
    expect(detections(ddm(), errors)).toEqual(reference.ddm)
    expect(detections(pageHinkley({ threshold: 20 }), errors)).toEqual(reference.pageHinkley)
  })

  it('ADWIN finds a change of real values at the same place', () => {
    const next = numbersFrom(7)
    for (let n = 0; n < errors.length; n++) next()
    const reals = Array.from({ length: 4_000 }, (_, n) => next() * (n < 2_000 ? 1 : 2))
    expect(detections(adwin(0.01), reals)[0]).toBe(reference.adwinReals[0])
  })

  it('area under the curve, average precision, log loss and Brier score are the same', () => {
    const metrics = binaryMetrics(
      predictions(logistic({ features, step: { kind: 'constant', rate: 0.01 } })),
      labels,
    )
    for (const name of ['auc', 'averagePrecision', 'logLoss', 'brier'] as const)
      expect(metrics[name]).toBeCloseTo(reference.metrics[name], 9)
  })

  it('the Kolmogorov–Smirnov test has the same distance and nearly the same p', () => {
    const first = rows.slice(0, 300).map((row) => row[0] as number)
    const second = rows.slice(300, 700).map((row) => (row[0] as number) + 1)
    const found = kolmogorovSmirnov(first, second)
    expect(found?.distance).toBeCloseTo(reference.kolmogorovSmirnov.distance, 9)
    expect(found?.p).toBeCloseTo(reference.kolmogorovSmirnov.p, 3)
  })
})
