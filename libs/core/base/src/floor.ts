/** Integer division that rounds down, also below zero: `floorDiv(-1, 10)` is −1. */
export const floorDiv = (x: number, by: number): number => Math.floor(x / by) + 0

/** The greatest multiple of `step` that is ≤ x; the tile grid, also before 1970. */
export const floorTo = (x: number, step: number): number => floorDiv(x, step) * step + 0
