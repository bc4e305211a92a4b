import type { Alarm } from './lane-ports.ts'

/**
 * What a worker is to one of its partitions. From `opening` on it is taken in the state store (`partition-handover.ts`):
 *
 *   opening ──taken──▶ running ──lost──▶ recovering ──taken──▶ running
 *      │ lost ▶ recovering                   │
 *      └────────── stuck ──────────────────┴──▶ halted ──relieved──▶ recovering          any ──revoked──▶ closed
 */
export type LaneState =
  /** Ours in the log's group; not yet in the state store. */
  | { readonly kind: 'opening' }
  /** Batches are applied. */
  | { readonly kind: 'running' }
  /** The store was away, or somebody moved the header: it is taken again, as often as needed; batches are dropped. */
  | { readonly kind: 'recovering' }
  /** The log lacks what is needed, or the store is full; nothing is skipped, so nothing is applied. */
  | { readonly kind: 'halted'; readonly alarm: Alarm }
  /** Another worker's, or nobody's: nothing happens any more. */
  | { readonly kind: 'closed' }

export type LaneEvent =
  | { readonly kind: 'taken' }
  /** The store failed, or refused a commit: what is in memory is void. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'stuck'; readonly alarm: Alarm }
  /** The reason for a halt is gone. */
  | { readonly kind: 'relieved' }
  | { readonly kind: 'revoked' }

export const OPENING: LaneState = { kind: 'opening' }

/** The only place where a lane changes its state. What comes too late for a state (a refusal once it is closed) leaves it. */
export const nextState = (state: LaneState, event: LaneEvent): LaneState => {
  if (state.kind === 'closed') return state
  switch (event.kind) {
    case 'revoked':
      return { kind: 'closed' }
    case 'taken':
      return state.kind === 'opening' || state.kind === 'recovering' ? { kind: 'running' } : state
    case 'lost':
      return state.kind === 'opening' || state.kind === 'running' ? { kind: 'recovering' } : state
    case 'stuck':
      return state.kind === 'halted' ? state : { kind: 'halted', alarm: event.alarm }
    case 'relieved':
      return state.kind === 'halted' ? { kind: 'recovering' } : state
  }
}
