import type { Features } from '@tidewater/learning'

/** x ← (1,103,515,245 x + 12,345) mod 2^31, each as x ÷ 2^31: the same numbers as in reference.py. */
export const numbersFrom = (seed: number): (() => number) => {
  let x = BigInt(seed)
  return () => {
    x = (1_103_515_245n * x + 12_345n) % 2_147_483_648n
    return Number(x) / 2_147_483_648
  }
}

const COUNT = 1_000

/** 1,000 examples of four numbers of different scale, whose first weight turns round half-way. */
export const examples = (): {
  readonly rows: readonly Float64Array[]
  readonly labels: readonly number[]
} => {
  const next = numbersFrom(42)
  const rows: Float64Array[] = []
  const labels: number[] = []
  for (let n = 0; n < COUNT; n++) {
    const row = Float64Array.of(next() * 10 - 5, next() * 100, next(), next() * 2 - 1)
    const turned = n < COUNT / 2 ? 1 : -1
    const score = (turned * (row[0] as number)) / 2 + ((row[1] as number) - 50) / 30 + (next() - 0.5)
    rows.push(row)
    labels.push(score > 0 ? 1 : 0)
  }
  return { rows, labels }
}

export const FEATURES: Features = ['0', '1', '2', '3'].map((name) => ({ name, kind: 'number' }))
