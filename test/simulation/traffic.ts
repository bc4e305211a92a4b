import { must, partitionFor } from '@tidewater/base'
import type { Intake } from '@tidewater/engine-ingest'
import type { LogRecord, TopicPartition } from '@tidewater/ports'
import { madeOf } from '@tidewater/rows'
import { NASTY_TEXTS } from '@tidewater/testing/nasty-texts'
import type { World } from '@tidewater/testing/simulated'
import type { Random } from '@tidewater/testing'
import type { Counts } from './counts.ts'
import { SENT_TOPIC, TOPIC } from './definitions.ts'
import type { Sale, Taken } from './oracle.ts'
import type { Made } from './sent-oracle.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const MINUTE = 60_000

/** What everybody meant to send, and what the log took of it. */
export interface Traffic {
  /** By partition. */
  readonly taken: readonly (readonly Taken[])[]
  /** What the platform sent, by partition. */
  readonly made: readonly (readonly Made[])[]
  readonly shops: readonly string[]
  /** The end of a partition as it was at a virtual time. */
  endAt(partition: number, time: number): number
  /** Chooses what this seed's keys are. */
  begin(partitions: number): void
  took(place: TopicPartition, record: LogRecord): void
  /** A few new sales through the door, in one request. */
  sell(intake: Intake): Promise<void>
  /** A producer that chooses partitions by itself, sends copies, or sends what is no sale. */
  sendRaw(): Promise<void>
  skip(): void
  grow(): Promise<void>
}

interface End {
  readonly time: number
  readonly high: number
}

export const createTraffic = (worldOf: () => World, counts: Counts): Traffic => {
  const world = worldOf
  const taken: Taken[][] = []
  const made: Made[][] = []
  let texted = 0
  const ends: End[][] = []
  const meant = new Map<string, Sale>()
  const texts: string[] = []
  let shops: readonly string[] = []
  const noteEnd = (partition: number, high: number): void =>
    void (ends[partition] ??= []).push({ time: world().time.now(), high })
  const make = (): string => {
    const { clock, random } = world()
    const sale: Sale = {
      saleId: `s${++texted}`,
      shop: random.pick(shops),
      at: clock.now() - ageOf(random),
      kind: random.pick(['cash', 'card', 'gift']),
      units: random.int(-5, 20),
      cents: random.chance(0.2) ? null : random.int(-500, 99_999),
      weight: random.chance(0.3) ? null : random.int(1, 1_000) / 7,
      buyer: random.chance(0.2) ? null : random.pick(['ann', 'bob', '', '\ufeffann', 'eve', '__proto__']),
    }
    const text = textOf(sale)
    meant.set(text, sale)
    texts.push(text)
    return text
  }
  const raw = (partition: number, key: string | null, text: string): Promise<unknown> =>
    world().log.append(TOPIC, [{ partition, key, value: encoder.encode(text), headers: {} }])
  return {
    taken,
    made,
    get shops() {
      return shops
    },
    begin: (partitions) => {
      for (const log of [taken, made]) while (log.length < partitions) log.push([])
      shops = pickShops(world().random)
    },
    endAt: (partition, time) => ends[partition]?.findLast((end) => end.time <= time)?.high ?? 0,
    took: ({ topic, partition }, { offset, appendedAt, value, headers }) => {
      if (topic === SENT_TOPIC) {
        const from = must(madeOf(textOfHeader(headers['id'])), 'the place that a record is made of')
        must(made[partition], 'partition').push({ offset, appendedAt, from })
      }
      if (topic !== TOPIC) return
      const sent = value === null ? null : (meant.get(decoder.decode(value)) ?? null)
      // I4: what happens more than ten minutes after it was appended is no event
      const sale = sent === null || sent.at > appendedAt + 10 * MINUTE ? null : sent
      if (sent !== sale) counts.add('from_the_future')
      must(taken[partition], 'partition').push({ offset, appendedAt, sale })
      noteEnd(partition, offset + 1)
    },
    sell: async (intake) => {
      const { random } = world()
      const values = random.times(random.int(1, 4), () => encoder.encode(make()))
      const { accepted, rejected } = await intake.accept('Sale', values)
      counts.add('accepted', accepted)
      counts.add('rejected', rejected.length)
    },
    sendRaw: async () => {
      const { random } = world()
      const partitions = taken.length
      const what = random.int(0, 9)
      if (what < 5 && texts.length > 0) {
        // most copies are recent, some come after the horizon and count again
        const back = random.chance(0.3) ? texts.length : Math.min(texts.length, 12)
        const text = must(texts[texts.length - random.int(1, back)], 'text')
        const { shop } = must(meant.get(text), 'sale')
        counts.add('copies')
        await raw(partitionFor(shop, partitions), shop, text)
      } else if (what < 8) {
        const text = make()
        counts.add('strays')
        await raw(random.int(0, partitions - 1), must(meant.get(text), 'sale').shop, text)
      } else {
        counts.add('dead')
        await raw(random.int(0, partitions - 1), null, random.pick(['', 'no sale', '{"saleId":7}', '[]']))
      }
    },
    skip: () => {
      const { random } = world()
      const partition = random.int(0, taken.length - 1)
      // a transaction ends with a mark; an aborted one leaves its records' offsets empty before it
      const aborted = random.chance(0.5)
      const offsets = aborted ? random.int(2, 7) : 1
      counts.add(aborted ? 'aborted' : 'marks')
      world().log.skip({ topic: TOPIC, partition }, offsets)
      const high = (ends[partition]?.at(-1)?.high ?? 0) + offsets
      noteEnd(partition, high)
    },
    grow: async () => {
      counts.add('grown')
      const partitions = taken.length + world().random.int(1, 2)
      while (taken.length < partitions) taken.push([])
      await world().log.ensureTopics([{ topic: TOPIC, partitions, retentionMs: -1 }])
    },
  }
}

const textOfHeader = (header: Uint8Array | string | undefined): string =>
  typeof header === 'string' ? header : decoder.decode(header ?? new Uint8Array())

/** Mostly now, sometimes long ago, sometimes a little ahead of the clock. */
const ageOf = (random: Random): number => {
  if (random.chance(0.6)) return random.int(0, 5) * 7_000
  if (random.chance(0.15)) return -random.int(0, 8) * MINUTE
  return random.chance(0.9) ? random.int(0, 150) * MINUTE : random.int(0, 4_000) * 10 * MINUTE
}

const pickShops = (random: Random): readonly string[] => {
  const nasty = NASTY_TEXTS.filter((text) => text !== '' && text.length < 1_000)
  const chosen = random.times(4, () => random.pick(nasty))
  const giant = random.chance(0.03) ? [must(NASTY_TEXTS.at(-1), 'giant')] : []
  return [...new Set(['x', '\ufeffx', '__proto__', '', ...chosen, ...giant])]
}

const textOf = ({ saleId, shop, at, kind, units, cents, weight, buyer }: Sale): string =>
  JSON.stringify({
    saleId,
    shop,
    at: new Date(at).toISOString(),
    kind,
    units,
    ...(cents === null ? {} : { amount: (cents / 100).toFixed(2) }),
    ...(weight === null ? {} : { weight }),
    ...(buyer === null ? {} : { buyer }),
  })
