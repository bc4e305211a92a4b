import { expect, it } from 'vitest'
import { isMadeOfAll } from './plan-step.ts'

it('every 24th generation is made of all records', () => {
  const all = Array.from({ length: 100 }, (_, n) => n + 1).filter(isMadeOfAll)
  expect(all).toEqual([24, 48, 72, 96])
})
