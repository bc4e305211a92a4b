import type { Admin } from 'kafkajs'
import { expect, it } from 'vitest'
import { boundsOf } from './topics.ts'

const adminThat = (fails: readonly string[]): { admin: Admin; asked: () => number } => {
  let asked = 0
  const fetchTopicOffsets = (): Promise<unknown> => {
    const type = fails[asked++]
    if (type !== undefined) return Promise.reject(Object.assign(new Error(type), { type }))
    return Promise.resolve([{ partition: 0, offset: '7', high: '7', low: '2' }])
  }
  const admin = { listTopics: () => Promise.resolve(['event.sale']), fetchTopicOffsets }
  return { admin: admin as unknown as Admin, asked: () => asked }
}

it('waits for the leader of a partition that was created a moment ago', async () => {
  const { admin, asked } = adminThat(['NOT_LEADER_FOR_PARTITION', 'LEADER_NOT_AVAILABLE'])
  expect(await boundsOf(admin, 'event.sale')).toEqual([{ partition: 0, low: 2, high: 7 }])
  expect(asked()).toBe(3)
})

it('passes on at once what waiting does not cure', async () => {
  const { admin, asked } = adminThat(['TOPIC_AUTHORIZATION_FAILED'])
  await expect(boundsOf(admin, 'event.sale')).rejects.toThrow('TOPIC_AUTHORIZATION_FAILED')
  expect(asked()).toBe(1)
})
