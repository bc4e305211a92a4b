import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type {
  EventLog,
  LogBatch,
  LogReader,
  LogSubscription,
  NewRecord,
  TopicPartition,
} from '@tidewater/ports'

export interface LogUnderTest {
  readonly log: EventLog
  /** A topic name nobody used. */
  readonly topic: string
  close(): Promise<void>
}

const record = (partition: number, value: string): NewRecord => ({
  partition,
  key: `k${partition}`,
  value: new TextEncoder().encode(value),
  headers: { id: `id-${value}` },
})
const textOf = (value: Uint8Array | string | null | undefined): string | null =>
  value === null || value === undefined
    ? null
    : typeof value === 'string'
      ? value
      : new TextDecoder().decode(value)

/** A reader that keeps what it got and starts where `starts` says. */
const collector = (starts: (place: TopicPartition) => number | null) => {
  const got: string[] = []
  const owned = new Set<number>()
  const batches: LogBatch[] = []
  let wake: () => void = () => undefined
  const reader: LogReader = {
    assigned: async (places) => {
      for (const p of places) owned.add(p.partition)
      return places.map(starts)
    },
    revoked: (lost) => {
      for (const p of lost) owned.delete(p.partition)
    },
    batch: async (batch) => {
      batches.push(batch)
      for (const r of batch.records) got.push(`${batch.partition}/${r.offset}=${textOf(r.value)}`)
      wake()
    },
  }
  const until = async (done: () => boolean): Promise<void> => {
    while (!done()) {
      await new Promise<void>((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`still waiting; got ${got.join(' ')}`)), 20_000)
        wake = () => {
          clearTimeout(late)
          resolve()
        }
      })
    }
  }
  return { reader, got, owned, batches, until, wake: () => wake() }
}
const options = (group: string, topic: string) => ({
  group,
  topics: [topic],
  maxBytesPerPartition: 1 << 20,
  maxWaitMs: 100,
})

/** What every EventLog must do. */
export const eventLogContract = (title: string, make: () => Promise<LogUnderTest>): void => {
  describe(`${title} as an EventLog`, () => {
    let under: LogUnderTest
    beforeEach(async () => {
      under = await make()
      await under.log.ensureTopics([{ topic: under.topic, partitions: 3, retentionMs: -1 }])
    })
    afterEach(async () => under.close())
    appendTests(() => under)
    readerTests(() => under)
  })
}

const appendTests = (under: () => LogUnderTest): void => {
  test('append answers offsets in order; bounds follow; creating again changes nothing', async () => {
    const { log, topic } = under()
    const offsets = await log.append(topic, [record(0, 'a'), record(2, 'b'), record(0, 'c')])
    expect(offsets).toEqual([0, 0, 1])
    expect(await log.append(topic, [record(0, 'd')])).toEqual([2])
    expect(await log.append(topic, [])).toEqual([])
    await log.ensureTopics([{ topic, partitions: 3, retentionMs: -1 }])
    expect(await log.retentionMs(topic)).toBe(-1)
    await log.ensureTopics([{ topic: `${topic}.hour`, partitions: 1, retentionMs: 3_600_000 }])
    expect(await log.retentionMs(`${topic}.hour`)).toBe(3_600_000)
    expect([...(await log.bounds(topic))].sort((a, b) => a.partition - b.partition)).toEqual([
      { partition: 0, low: 0, high: 3 },
      { partition: 1, low: 0, high: 0 },
      { partition: 2, low: 0, high: 1 },
    ])
  })

  test('an unknown topic or partition is refused', async () => {
    const { log, topic } = under()
    await expect(log.bounds(`${topic}.nowhere`)).rejects.toThrow()
    await expect(log.append(topic, [record(9, 'x')])).rejects.toThrow()
  })
}

const readerTests = (under: () => LogUnderTest): void => {
  test('a partition whose start is not known yet waits for it, and holds up no other', async () => {
    const { log, topic } = under()
    await log.append(topic, [record(0, 'a'), record(0, 'b'), record(1, 'c')])
    const c = collector((p) => (p.partition === 0 ? null : 0))
    const subscription = await log.read(options(`${topic}-w`, topic), c.reader)
    await c.until(() => c.got.length === 1)
    expect(c.got).toEqual(['1/0=c'])
    const place = { topic, partition: 0 }
    subscription.seek(place, 1)
    subscription.resume([place])
    await c.until(() => c.got.length === 2)
    expect(c.got).toEqual(['1/0=c', '0/1=b'])
    await subscription.stop()
  })

  test('a reader gets every record once, in order, from the offset it names, also those appended later', async () => {
    const { log, topic } = under()
    await log.append(topic, [record(0, 'a'), record(0, 'b'), record(1, 'c')])
    const c = collector((p) => (p.partition === 0 ? 1 : 0))
    const subscription = await log.read(options(`${topic}-g`, topic), c.reader)
    await c.until(() => c.got.length === 2)
    await log.append(topic, [record(0, 'd'), record(2, 'e')])
    await c.until(() => c.got.length === 4)
    expect([...c.got].sort()).toEqual(['0/1=b', '0/2=d', '1/0=c', '2/0=e'])
    const first = c.batches.find((b) => b.partition === 1)?.records[0]
    expect([textOf(first?.key), textOf(first?.headers['id'])]).toEqual(['k1', 'id-c'])
    expect(first?.appendedAt).toBeGreaterThan(0)
    const reached = new Map([
      [0, 1],
      [1, 0],
      [2, 0],
    ])
    for (const b of c.batches) {
      expect(b.from).toBe(reached.get(b.partition))
      reached.set(b.partition, b.nextOffset)
      expect(b.nextOffset).toBeGreaterThan(b.records.at(-1)?.offset ?? -1)
      expect(b.highWatermark).toBeGreaterThanOrEqual(b.nextOffset)
    }
    await subscription.stop()
    await subscription.done
  })

  test('seek goes back; a paused partition waits for resume', async () => {
    const { log, topic } = under()
    const c = collector(() => 0)
    const subscription = await log.read(options(`${topic}-g`, topic), c.reader)
    await log.append(topic, [record(0, 'a'), record(0, 'b')])
    await c.until(() => c.got.length === 2)
    subscription.seek({ topic, partition: 0 }, 1)
    await c.until(() => c.got.length === 3)
    expect(c.got).toEqual(['0/0=a', '0/1=b', '0/1=b'])
    subscription.pause([{ topic, partition: 0 }])
    await log.append(topic, [record(0, 'c'), record(1, 'd')])
    await c.until(() => c.got.includes('1/0=d'))
    expect(c.got).not.toContain('0/2=c')
    subscription.resume([{ topic, partition: 0 }])
    await c.until(() => c.got.includes('0/2=c'))
    await subscription.stop()
  })

  test('seek from within a batch wins over going on', async () => {
    const { log, topic } = under()
    await log.append(topic, [record(0, 'a'), record(0, 'b')])
    const c = collector(() => 0)
    let again = true
    const subscription = await log.read(options(`${topic}-g`, topic), {
      ...c.reader,
      batch: async (batch, control) => {
        if (again) control.seek(batch, 0)
        again = false
        await c.reader.batch(batch, control)
      },
    })
    await c.until(() => c.got.filter((r) => r === '0/1=b').length === 2)
    await subscription.stop()
  })

  test('two readers of a group share the partitions; the last one left gets all', async () => {
    const { log, topic } = under()
    const [a, b] = [collector(() => 0), collector(() => 0)]
    const first = await log.read(options(`${topic}-g`, topic), a.reader)
    const second = await log.read(options(`${topic}-g`, topic), b.reader)
    const shared = async (): Promise<void> => {
      for (
        let i = 0;
        i < 200 && !(a.owned.size > 0 && b.owned.size > 0 && a.owned.size + b.owned.size === 3);
        i++
      ) {
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    }
    await shared()
    expect([...a.owned, ...b.owned].sort()).toEqual([0, 1, 2])
    await first.stop()
    await log.append(topic, [record(0, 'x'), record(1, 'y'), record(2, 'z')])
    await b.until(() => ['0/0=x', '1/0=y', '2/0=z'].every((r) => b.got.includes(r)))
    await second.stop()
  }, 60_000)

  test('a seek while the reader still says where its partitions start is the later word', async () => {
    const { log, topic } = under()
    await log.append(
      topic,
      [0, 1, 2].map((partition) => record(partition, 'a')),
    )
    const [a, b] = [collector(() => 0), collector(() => 1)]
    let first: LogSubscription | null = null
    first = await log.read(options(`${topic}-g`, topic), {
      ...a.reader,
      assigned: async (places) => {
        await a.reader.assigned(places)
        for (const place of places) first?.seek(place, 0)
        return places.map(() => (first === null ? 0 : 1))
      },
    })
    await a.until(() => a.got.length === 3)
    const second = await log.read(options(`${topic}-g`, topic), b.reader)
    await a.until(() => a.got.length > 3)
    await Promise.all([first.stop(), second.stop()])
  }, 60_000)

  test('a reader that rejects ends: done rejects with the cause', async () => {
    const { log, topic } = under()
    const subscription = await log.read(options(`${topic}-g`, topic), {
      assigned: async (places) => places.map(() => 0),
      revoked: () => undefined,
      batch: async () => {
        throw new Error('the handler broke')
      },
    })
    await log.append(topic, [record(0, 'a')])
    await expect(subscription.done).rejects.toThrow('the handler broke')
    await subscription.stop()
  })
}
