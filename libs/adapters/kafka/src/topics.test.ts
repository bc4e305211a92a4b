import type { Admin } from 'kafkajs'
import { expect, it } from 'vitest'
import { boundsOf, ensureTopics } from './topics.ts'

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

/** A broker that has not heard of its own topics when it is asked about them first. */
const slowToHear = (present: readonly string[]): { admin: Admin; asked: () => number } => {
  let asked = 0
  const ask = <T>(answer: T): Promise<T> => {
    const error = new Error('This server does not host this topic-partition')
    return asked++ > 0
      ? Promise.resolve(answer)
      : Promise.reject(Object.assign(error, { type: 'UNKNOWN_TOPIC_OR_PARTITION' }))
  }
  const configEntries = [{ configName: 'message.timestamp.type', configValue: 'LogAppendTime' }]
  const admin = {
    listTopics: () => Promise.resolve([...present]),
    createTopics: () => ask(true),
    describeConfigs: () => ask({ resources: [{ resourceName: 'event.sale', configEntries }] }),
  }
  return { admin: admin as unknown as Admin, asked: () => asked }
}

it.each([
  ['here', []],
  ['by another process', ['event.sale']],
])('waits until the broker has heard of a topic that was created a moment ago %s', async (_by, present) => {
  const { admin, asked } = slowToHear(present)
  await ensureTopics(admin, [{ topic: 'event.sale', partitions: 2, retentionMs: -1 }], 1)
  expect(asked()).toBe(2)
})
