import {
  accuracyDrop,
  adaptiveForest,
  bagging,
  blend,
  categoryCode,
  decodeState,
  encodeState,
  factors,
  halfSpaceTrees,
  hoeffdingTree,
  kMeans,
  linear,
  logistic,
  naiveBayes,
  recall,
  softmax,
  stabilityIndex,
  type Learner,
} from '@tidewater/learning'
import { describe, expect, it } from 'vitest'
import { examples, FEATURES as features, numbersFrom } from './examples.ts'

const { rows, labels } = examples()

/** Every learner, with examples it can take. */
const LEARNERS: Readonly<Record<string, Learner>> = {
  logistic: logistic({ features }),
  'logistic, ftrl': logistic({ features, step: { kind: 'ftrl', alpha: 0.5, beta: 1 }, l1: 0.01, l2: 0.01 }),
  'logistic, decaying': logistic({
    features,
    step: { kind: 'decaying', rate: 0.1, decay: 0.01, power: 0.5 },
  }),
  linear: linear({ features }),
  softmax: softmax({ features, classes: 2 }),
  naiveBayes: naiveBayes({ features }),
  hoeffdingTree: hoeffdingTree({ features, grace: 50, delta: 0.01 }),
  adaptiveForest: adaptiveForest({ features, trees: 3 }),
  bagging: bagging(logistic({ features }), { copies: 3 }),
  blend: blend([logistic({ features }), naiveBayes({ features })]),
  recall: recall(features, (longer) => logistic({ features: longer })),
  halfSpaceTrees: halfSpaceTrees({
    ranges: [
      [-5, 5],
      [0, 100],
      [0, 1],
      [-1, 1],
    ],
    depth: 5,
    trees: 5,
    window: 100,
  }),
  kMeans: kMeans({ k: 3, columns: 4 }),
  factors: factors({ rank: 4 }),
}

const learnAll = (learner: Learner, state: Float64Array[], from: number, to: number): Float64Array[] => {
  for (let n = from; n < to; n++) learner.learn(state, rows[n] as Float64Array, labels[n] as number, 1)
  return state
}

describe.each(Object.entries(LEARNERS))('%s', (_, learner) => {
  it('goes on bit-equal from its bytes, at any place', () => {
    const whole = encodeState(learnAll(learner, learner.zero(), 0, rows.length))
    for (const at of [0, 1, 333, 999]) {
      const before = learnAll(learner, learner.zero(), 0, at)
      const after = learnAll(learner, decodeState(encodeState(before)), at, rows.length)
      expect(Buffer.compare(encodeState(after), whole)).toBe(0)
    }
  })

  it('answers numbers from the first example on, and asking changes nothing', () => {
    const state = learner.zero()
    for (const [n, row] of rows.slice(0, 200).entries()) {
      const before = encodeState(state)
      expect(Number.isFinite(learner.predict(state, row))).toBe(true)
      expect(Buffer.compare(encodeState(state), before)).toBe(0)
      learner.learn(state, row, labels[n] as number, 1)
    }
  })
})

describe('classifiers', () => {
  it('learn a rule of one category that no number shows', () => {
    const next = numbersFrom(3)
    const shop: readonly { name: string; kind: 'category' }[] = [{ name: 'shop', kind: 'category' }]
    const codes = ['a', 'b', 'ünknown', ''].map(categoryCode)
    for (const learner of [
      logistic({ features: shop }),
      naiveBayes({ features: shop }),
      hoeffdingTree({ features: shop }),
    ]) {
      const state = learner.zero()
      for (let n = 0; n < 2_000; n++) {
        const which = Math.floor(next() * 4)
        learner.learn(state, Float64Array.of(codes[which] as number), which === 2 ? 1 : 0, 1)
      }
      const answers = codes.map((code) => Math.round(learner.predict(state, Float64Array.of(code))))
      expect(answers).toEqual([0, 0, 1, 0])
    }
  })

  it('a missing number has a weight of its own', () => {
    const next = numbersFrom(5)
    const learner = logistic({ features: [{ name: 'x', kind: 'number' }] })
    const state = learner.zero()
    for (let n = 0; n < 1_000; n++) {
      const missing = next() < 0.5
      learner.learn(state, Float64Array.of(missing ? NaN : next()), missing ? 1 : 0, 1)
    }
    expect(learner.predict(state, Float64Array.of(NaN))).toBeGreaterThan(0.9)
    expect(learner.predict(state, Float64Array.of(0.5))).toBeLessThan(0.1)
  })

  it('the step of a poison example is clipped', () => {
    const learner = linear({ features, step: { kind: 'constant', rate: 0.01 }, clip: 10 })
    const state = learnAll(learner, learner.zero(), 0, 100)
    learner.learn(state, rows[100] as Float64Array, 1e300, 1)
    expect(Math.abs(learner.predict(state, rows[101] as Float64Array))).toBeLessThan(5)
  })

  it('softmax of two classes answers the probability that logistic regression answers', () => {
    // two weight vectors that move apart by half a step each are one that moves by a whole
    const both = softmax({ features, classes: 2, step: { kind: 'constant', rate: 0.005 } })
    const one = logistic({ features, step: { kind: 'constant', rate: 0.01 } })
    const [a, b] = [learnAll(both, both.zero(), 0, 500), learnAll(one, one.zero(), 0, 500)]
    for (const row of rows.slice(500, 520))
      expect(both.probabilities(a, row)[1]).toBeCloseTo(one.predict(b, row), 9)
  })
})

describe('without labels', () => {
  it('half-space trees score a far example above every usual one', () => {
    const learner = halfSpaceTrees({
      ranges: [
        [0, 10],
        [0, 10],
      ],
    })
    const [state, next] = [learner.zero(), numbersFrom(9)]
    const usual = Array.from({ length: 1_000 }, () => Float64Array.of(5 + next(), 5 + next()))
    for (const row of usual) learner.learn(state, row, 0, 1)
    const scores = usual.map((row) => learner.predict(state, row))
    expect(learner.predict(state, Float64Array.of(0.5, 9.5))).toBeGreaterThan(Math.max(...scores))
  })

  it('k-means finds three heaps that lie apart', () => {
    const learner = kMeans({ k: 3, columns: 1 })
    const [state, next] = [learner.zero(), numbersFrom(11)]
    for (let n = 0; n < 3_000; n++) learner.learn(state, Float64Array.of((n % 3) * 100 + next()), 0, 1)
    const centres = [...(state[2] as Float64Array)].sort((a, b) => a - b)
    expect(centres.map(Math.round).map((centre) => Math.round(centre / 100))).toEqual([0, 1, 2])
  })

  it('factors know what users and items share', () => {
    const learner = factors({ range: [1, 5] })
    const [state, next] = [learner.zero(), numbersFrom(13)]
    // Two kinds of users and of items: like meets like with 5, unlike with 1.
    const truth = (user: number, item: number): number => (user % 2 === item % 2 ? 5 : 1)
    const draw = (): [number, number] => [Math.floor(next() * 20), 100 + Math.floor(next() * 20)]
    for (let n = 0; n < 20_000; n++) {
      const [user, item] = draw()
      learner.learn(state, Float64Array.of(user, item), truth(user, item), 1)
    }
    const off = Array.from({ length: 200 }, () => {
      const [user, item] = draw()
      return Math.abs(learner.predict(state, Float64Array.of(user, item)) - truth(user, item))
    })
    // nearer to its own of the two values than to the other
    expect(Math.max(...off)).toBeLessThan(2)
  })
})

describe('drift', () => {
  it('the five-point rule speaks after the drop and not before', () => {
    const detector = accuracyDrop()
    const state = detector.zero()
    // Right nine times of ten, then seven: the window of 500 has fallen by five points after a quarter of it.
    const found: number[] = []
    for (let n = 0; n < 2_000; n++)
      if (detector.observe(state, 0, n < 1_000 ? (n % 10 === 0 ? 1 : 0) : n % 10 < 3 ? 1 : 0) === 'drift')
        found.push(n)
    expect(found.length).toBe(1)
    expect(found[0]).toBeGreaterThan(1_100)
    expect(found[0]).toBeLessThan(1_300)
  })

  it('the stability index of equal shares is 0, and of shares turned round as by hand', () => {
    expect(stabilityIndex([10, 30], [100, 300])).toBe(0)
    // (0.75 − 0.25) ln 3 twice
    expect(stabilityIndex([1, 3], [3, 1])).toBeCloseTo(Math.log(3), 12)
  })
})

describe('the byte form', () => {
  it('refuses bytes of another version and bytes that are cut off', () => {
    const bytes = encodeState([Float64Array.of(1, 2), Float64Array.of()])
    expect(() => decodeState(bytes.subarray(0, bytes.length - 1))).toThrow('cut off')
    expect(() => decodeState(bytes.subarray(0, 3))).toThrow('cut off')
    const other = bytes.slice()
    other[0] = 9
    expect(() => decodeState(other)).toThrow('version 9')
  })
})
