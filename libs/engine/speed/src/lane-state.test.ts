import { expect, test } from 'vitest'
import type { Alarm } from './lane-ports.ts'
import { nextState, type LaneEvent, type LaneState } from './lane-state.ts'

const alarm: Alarm = {
  code: 'DATA_GAP',
  place: { topic: 'event.sale', partition: 0 },
  message: 'the log begins at 7',
  cure: 'none',
}
const states: Record<LaneState['kind'], LaneState> = {
  opening: { kind: 'opening' },
  running: { kind: 'running' },
  recovering: { kind: 'recovering' },
  halted: { kind: 'halted', alarm },
  closed: { kind: 'closed' },
}
const events: Record<LaneEvent['kind'], LaneEvent> = {
  taken: { kind: 'taken' },
  lost: { kind: 'lost' },
  stuck: { kind: 'stuck', alarm },
  relieved: { kind: 'relieved' },
  revoked: { kind: 'revoked' },
}

test.each([
  [
    'opening',
    {
      taken: 'running',
      lost: 'recovering',
      stuck: 'halted',
      relieved: 'opening',
      revoked: 'closed',
    },
  ],
  [
    'running',
    {
      taken: 'running',
      lost: 'recovering',
      stuck: 'halted',
      relieved: 'running',
      revoked: 'closed',
    },
  ],
  [
    'recovering',
    {
      taken: 'running',
      lost: 'recovering',
      stuck: 'halted',
      relieved: 'recovering',
      revoked: 'closed',
    },
  ],
  [
    'halted',
    {
      taken: 'halted',
      lost: 'halted',
      stuck: 'halted',
      relieved: 'recovering',
      revoked: 'closed',
    },
  ],
  [
    'closed',
    {
      taken: 'closed',
      lost: 'closed',
      stuck: 'closed',
      relieved: 'closed',
      revoked: 'closed',
    },
  ],
] as const)('%s', (from, expected) => {
  const reached = Object.entries(events).map(([name, event]) => [name, nextState(states[from], event).kind])
  expect(Object.fromEntries(reached)).toEqual(expected)
})

test('a halt keeps its first alarm', () => {
  const later: Alarm = { ...alarm, message: 'later' }
  expect(nextState(states.halted, { kind: 'stuck', alarm: later })).toBe(states.halted)
})
