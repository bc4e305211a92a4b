import type { LearnerState } from '../state.ts'

export type DriftLevel = 'stable' | 'warning' | 'drift'

/**
 * Watches a stream of numbers, most often errors (1 wrong, 0 right), for a change of their mean. State: one array at the given
 * place. After it says 'drift' it begins anew by itself.
 */
export interface DriftDetector {
  readonly name: string
  zero(): LearnerState
  observe(state: LearnerState, at: number, value: number): DriftLevel
}
