import type { State } from '@tidewater/plan'
import { expect, test } from 'vitest'
import { createKept, MAX_KEPT_ROWS, type GroupStates, type KeptWindows } from './kept-windows.ts'

/** One window with so many groups. */
const windowOf = (groups: number): GroupStates =>
  new Map([[0, new Map(Array.from({ length: groups }, (_, n) => [`k${n}`, {} as State]))]])

const read = async (kept: KeptWindows, id: string, ...windows: readonly GroupStates[]): Promise<void> => {
  const parts = async function* () {
    yield* windows
  }
  for await (const part of kept.keeping(id, parts())) void part
}

test('what was read is kept until there is too much, the least lately used goes first', async () => {
  const kept = createKept()
  const third = MAX_KEPT_ROWS / 3
  for (const id of ['a', 'b', 'c']) await read(kept, id, windowOf(Math.floor(third)))
  expect(await kept.get('a')).not.toBeNull()
  await read(kept, 'd', windowOf(Math.floor(third)))
  const are = await Promise.all(['a', 'b', 'c', 'd'].map(async (id) => (await kept.get(id)) !== null))
  expect(are).toEqual([true, false, true, true])
})

test('a read of more than half of what may be kept is passed on and not kept', async () => {
  const kept = createKept()
  await read(kept, 'large', windowOf(MAX_KEPT_ROWS / 2 + 1))
  await read(kept, 'small', windowOf(1))
  expect([await kept.get('large'), kept.isLarge('large'), kept.isLarge('small')]).toEqual([null, true, false])
  expect((await kept.get('small'))?.get(0)?.size).toBe(1)
})

test('a read that breaks off is not kept, and nobody waits for it', async () => {
  const kept = createKept()
  const parts = async function* () {
    yield windowOf(1)
    throw new Error('the disk is gone')
  }
  const failing = async (): Promise<void> => {
    for await (const part of kept.keeping('broken', parts())) void part
  }
  await expect(failing()).rejects.toThrow('the disk is gone')
  expect(await kept.get('broken')).toBeNull()
})
