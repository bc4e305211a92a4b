import { PlatformError } from '@tidewater/base'
import type { DeadRow } from '@tidewater/ports'
import { openTestPlatform } from '@tidewater/testing/platform'
import { expect, test } from 'vitest'
import { deadLetter } from './dead-letter.ts'
import { loadDeadLetters } from './dead-loader.ts'
import { SALE, saleCatalog } from './test-event.ts'

const DEAD = 'event.sale.dead'
const letter = (offset: number) => {
  const record = {
    offset,
    appendedAt: 1,
    key: null,
    value: Buffer.from(`no ${offset}`),
    headers: { trace: 't' },
  }
  return deadLetter({ topic: 'event.sale', partition: 3 }, record, {
    reason: 'is no JSON',
    why: 'undecodable',
  })
}
const mark = (kind: string) => ({
  ...{ partition: 0, key: null, value: new Uint8Array() },
  headers: { id: 'event.sale/3/7', [kind]: '12' },
})

test('letters and what became of them are loaded once each, over a restart and a warehouse that is away', async () => {
  const { log, timers, until } = await openTestPlatform({ catalog: saleCatalog, startMs: 1_000 })
  const rows = new Map<number, DeadRow>()
  let [failures, added] = [0, 0]
  const table = {
    prepare: async () => undefined,
    next: async () => Math.max(-1, ...rows.keys()) + 1,
    add: async (more: readonly DeadRow[]) => {
      if (failures++ % 2 === 0) throw new PlatformError('UNAVAILABLE', 'it is away', 'wait')
      added += more.length
      for (const row of more) rows.set(row.record, row)
    },
  }
  const told: unknown[] = []
  const start = () =>
    loadDeadLetters({ log, timers, table }, [SALE], {
      failed: (error) => void told.push(error),
      broken: (error) => {
        throw error
      },
    })
  await log.append(DEAD, [letter(7), letter(8)])
  const first = start()
  await until(() => rows.size === 2)
  await first.stop()
  await log.append(DEAD, [mark('retrying'), mark('retried')])
  const second = start()
  await until(() => rows.size === 3)
  await second.stop()
  expect(added).toBe(3)
  expect(told).toHaveLength(2)
  expect(rows.get(0)).toEqual({
    ...{ event: 'Sale', record: 0, appendedAt: 1_000, id: 'event.sale/3/7', retried: null },
    ...{ partition: 3, offset: 7, reason: 'is no JSON', kind: 'undecodable' },
    ...{ key: null, value: 'no 7', headers: { trace: 't' }, truncated: null },
  })
  expect(rows.get(3)).toMatchObject({ id: 'event.sale/3/7', retried: 12, value: '' })
})
