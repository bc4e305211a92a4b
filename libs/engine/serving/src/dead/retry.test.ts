import { PlatformError } from '@tidewater/base'
import type { Judge, LogRecord, NewRecord } from '@tidewater/ports'
import { openTestPlatform } from '@tidewater/testing/platform'
import type { EventDefinition, StreamDefinition } from 'tidewater'
import { describe, expect, it } from 'vitest'
import { catalog, TOPIC } from '@tidewater/testing/shop-catalog'
import { readBook } from './dead-book.ts'
import { readRange } from './read-range.ts'
import { retryDead, type RetryRequest } from './retry.ts'

const DEAD = `${TOPIC}.dead`
const dedupes = catalog.events.get('Sale') as EventDefinition
const SALE: EventDefinition = { ...dedupes, dedupe: null }
const ALL: RetryRequest = { places: null, reason: null, all: true, dryRun: false, after: -1 }
const encoder = new TextEncoder()
const textOf = (value: Uint8Array | string | null | undefined): string =>
  typeof value === 'string' ? value : new TextDecoder().decode(value ?? new Uint8Array())

/** The definition of today: 'bad …' is none, everything else is, by the id of its header or else by its place. */
const judge: Judge = ({ value, headers, offset }, { topic, partition }) => {
  const text = textOf(value)
  if (text.startsWith('bad')) return { kind: 'dead', reason: `"${text}" is not good`, why: 'invalid' }
  return { kind: 'row', row: {}, id: textOf(headers['id']) || `${topic}/${partition}/${offset}` }
}

/** What the archive writes of a record, by the format's own words. */
const letterOf = (
  partition: number,
  offset: number,
  text: string,
  more: Record<string, string> = {},
): NewRecord => {
  const at = { topic: TOPIC, partition: String(partition), offset: String(offset) }
  const headers = {
    id: `${TOPIC}/${partition}/${offset}`,
    reason: `"${text}" was wrong`,
    kind: 'invalid',
    ...at,
  }
  return { partition: 0, key: 'k', value: encoder.encode(text), headers: { ...headers, ...more } }
}

const open = async (letters: readonly NewRecord[]) => {
  const { log, clock } = await openTestPlatform({ catalog, startMs: 1_000_000 })
  await log.append(DEAD, letters)
  let n = 0
  const ports = { log, clock, nonce: () => `n${++n}` }
  const inTopic = async (partition: number): Promise<readonly LogRecord[]> => {
    const records: LogRecord[] = []
    const high = (await log.bounds(TOPIC))[partition]?.high ?? 0
    await readRange(
      ports,
      { topic: TOPIC, partition, from: 0, to: high },
      (record) => void records.push(record),
    )
    return records
  }
  const retry = (request: Partial<RetryRequest> = {}, event = SALE) =>
    retryDead(ports, event, judge, { ...ALL, ...request })
  return { ...ports, inTopic, retry }
}

describe('letters that are retried', () => {
  it('are appended to their partition as they were, under the id of their place, once', async () => {
    const p = await open([letterOf(1, 7, 'good', { 'original.trace': 't1' })])
    expect(await p.retry()).toEqual({
      rows: [{ place: `${TOPIC}/1/7`, outcome: 'retried', reason: null }],
      next: null,
    })
    expect(await p.retry()).toEqual({ rows: [], next: null })
    const [record, ...more] = await p.inTopic(1)
    expect(more).toEqual([])
    expect(textOf(record?.key)).toBe('k')
    expect(textOf(record?.value)).toBe('good')
    expect(record?.headers).toEqual({ trace: 't1', id: `${TOPIC}/1/7` })
  })

  it('are not retried of what the platform sends itself', async () => {
    const p = await open([letterOf(0, 7, 'good')])
    const madeBy = { from: 'Sale' } as StreamDefinition
    await expect(p.retry({}, { ...SALE, name: 'BySort', madeBy })).rejects.toThrow('BySort is made of Sale')
  })

  it('keep an id of their own', async () => {
    const p = await open([letterOf(0, 7, 'good', { 'original.id': 'mine' })])
    await p.retry()
    expect((await p.inTopic(0)).map(({ headers }) => headers)).toEqual([{ id: 'mine' }])
  })

  it('get no second id where a field is the id', async () => {
    const p = await open([letterOf(0, 7, 'good')])
    await p.retry({}, dedupes)
    expect((await p.inTopic(0)).map(({ headers }) => headers)).toEqual([{}])
  })

  it('stay, with the reason of today, while they are no event', async () => {
    const p = await open([letterOf(0, 7, 'bad'), letterOf(0, 8, 'good')])
    const report = await p.retry()
    expect(report.rows).toEqual([
      { place: `${TOPIC}/0/7`, outcome: 'dead', reason: '"bad" is not good' },
      { place: `${TOPIC}/0/8`, outcome: 'retried', reason: null },
    ])
    expect((await readBook(p, 'Sale')).entries.map(({ retried }) => retried)).toEqual([null, 0])
  })

  it('are chosen by place or by reason, and each that is named is answered', async () => {
    const p = await open([letterOf(0, 7, 'one'), letterOf(1, 8, 'two'), letterOf(1, 9, 'three')])
    const named = await p.retry({ all: false, places: ['0/7', `${TOPIC}/1/8`, '1/77'] })
    expect(named.rows.map(({ place, outcome }) => [place, outcome])).toEqual([
      ['1/77', 'unknown'],
      [`${TOPIC}/0/7`, 'retried'],
      [`${TOPIC}/1/8`, 'retried'],
    ])
    expect((await p.retry({ all: false, places: ['0/7'] })).rows).toEqual([
      { place: `${TOPIC}/0/7`, outcome: 'already', reason: 'it is at offset 0' },
    ])
    expect((await p.retry({ all: false, reason: '… was wrong' })).rows).toHaveLength(1)
  })

  it('are only judged in a dry run', async () => {
    const p = await open([letterOf(0, 7, 'good'), letterOf(0, 8, 'bad')])
    const { rows } = await p.retry({ dryRun: true })
    expect(rows.map(({ outcome }) => outcome).sort()).toEqual(['dead', 'valid'])
    expect(await p.inTopic(0)).toEqual([])
    expect((await p.log.bounds(DEAD))[0]?.high).toBe(2)
  })

  it('are taken from the log when the letter is cut off, and lost when neither has them', async () => {
    const cut = { truncated: '900000 bytes' }
    const p = await open([letterOf(0, 0, 'go', cut), letterOf(0, 5, 'go', cut)])
    const whole = { partition: 0, key: 'k', value: encoder.encode('good and long'), headers: {} }
    await p.log.append(TOPIC, [whole])
    expect((await p.retry()).rows).toEqual([
      { place: `${TOPIC}/0/5`, outcome: 'lost', reason: '900000 bytes, and the log no longer has it' },
      { place: `${TOPIC}/0/0`, outcome: 'retried', reason: null },
    ])
    expect((await p.inTopic(0)).map(({ value }) => textOf(value))).toEqual(['good and long', 'good and long'])
  })

  it('are lines of a file: that is loaded again instead', async () => {
    const line = { id: 'a.csv:7', reason: 'no', file: 'a.csv', line: '7' }
    const p = await open([{ partition: 0, key: null, value: encoder.encode('1,2'), headers: line }])
    expect((await p.retry()).rows).toEqual([
      { place: 'a.csv:7', outcome: 'line', reason: 'it is a line of a file: load the file again' },
    ])
  })
})

/** mulberry32 */
const randomOf = (seed: number) => (n: number) => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) % n
}

describe('a retry that fails anywhere', () => {
  it('may be done again: every valid record is in the log once, no other is', async () => {
    let failures = 0
    for (let seed = 1; seed <= 60; seed++) {
      const random = randomOf(seed)
      const letters = Array.from({ length: 12 }, (_, i) =>
        letterOf(i % 2, i, random(3) === 0 ? 'bad' : `good ${i}`),
      )
      // An archive whose close failed writes its letters again, also after they were retried.
      const p = await open([...letters, ...letters.filter(() => random(3) === 0)])
      const { append } = p.log
      p.log.append = async (topic, records) => {
        const [before, after] = [random(4) === 0, random(4) === 0]
        const failed = new PlatformError('UNAVAILABLE', 'Kafka did not confirm', 'try again')
        if (before) throw failed
        const offsets = await append(topic, records)
        if (after) throw failed
        return offsets
      }
      for (let i = 0; i < 6; i++) {
        await p
          .retry(random(2) === 0 ? {} : { all: false, places: [`${i % 2}/${i}`] })
          .catch((error: unknown) => {
            if (!(error instanceof PlatformError)) throw error
            failures++
          })
        if (random(3) === 0) await append(DEAD, letters.slice(0, 3))
      }
      p.log.append = append
      await p.retry()
      const found = [...(await p.inTopic(0)), ...(await p.inTopic(1))]
        .map(({ value }) => textOf(value))
        .sort()
      const valid = letters.map(({ value }) => textOf(value)).filter((text) => text.startsWith('good'))
      expect({ seed, found }).toEqual({ seed, found: valid.sort() })
    }
    expect(failures).toBeGreaterThan(60)
  })
})
