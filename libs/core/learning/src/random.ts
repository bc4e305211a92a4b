/** 32 well-mixed bits of two numbers (the finaliser of murmur3): a source of chance that needs no state of its own. */
export const mix = (a: number, b: number): number => {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** A number in [0, 1) that depends on `seed` and `n` alone. */
export const chance = (seed: number, n: number): number => mix(seed, n) / 4_294_967_296

/**
 * How often a bagged learner sees an example: Poisson(mean), by inversion of one uniform number (Oza and Russell 2001,
 * "Online bagging and boosting"). `mean` is at most 30.
 */
export const poisson = (mean: number, uniform: number): number => {
  let term = Math.exp(-mean)
  let sum = term
  let k = 0
  while (uniform > sum && k < 200) {
    k++
    term *= mean / k
    sum += term
  }
  return k
}
