/** Choices that a seed repeats: mulberry32, 32 bits of state. */
export interface Random {
  /** low <= n <= high, whole. */
  int(low: number, high: number): number
  chance(probability: number): boolean
  pick<T>(choices: readonly T[]): T
  /** `n` values made one after the other. */
  times<T>(n: number, make: (index: number) => T): T[]
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let x = Math.imul(state ^ (state >>> 15), 1 | state)
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32
  }
  // The first values of neighbouring seeds resemble each other.
  for (let i = 0; i < 8; i++) next()
  const int = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1))
  return {
    int,
    chance: (probability) => next() < probability,
    pick(choices) {
      const chosen = choices[int(0, choices.length - 1)]
      if (chosen === undefined) throw new Error('nothing to pick from')
      return chosen
    },
    times: (n, make) => Array.from({ length: n }, (_, index) => make(index)),
  }
}
