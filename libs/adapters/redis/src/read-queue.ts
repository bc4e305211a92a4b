import type { Buffer } from 'node:buffer'
import type { PartitionAnswer, PartitionRead, StoredGroup, TopicPartition } from '@tidewater/ports'
import type { Redis } from 'ioredis'
import { batchKey, bucketsKey, headerKey, speedPrefix } from './keys.ts'
import { packKeys } from './pack.ts'
import { isMissing, READ, type Argument } from './script.ts'

/** What one KEYS entry of the read script answers, turned back into groups. */
type Decode = (answer: unknown) => readonly StoredGroup[]

interface Request {
  /** The header, then one key per argument. */
  readonly keys: string[]
  readonly args: Argument[]
  readonly decoders: Decode[]
}

interface Waiting {
  readonly place: TopicPartition
  readonly reads: readonly PartitionRead[]
  readonly resolve: (answer: PartitionAnswer) => void
  readonly reject: (error: unknown) => void
}

const add = (request: Request, key: string, arg: Argument, decode: Decode): void => {
  request.keys.push(key)
  request.args.push(arg)
  request.decoders.push(decode)
}

const addRead = (
  request: Request,
  place: TopicPartition,
  { fingerprint, generation, select }: PartitionRead,
): void => {
  const batch = generation === null ? null : batchKey(place, generation, fingerprint)
  const prefix = speedPrefix(place, fingerprint)
  if (select.kind === 'keys') {
    const arg = packKeys('k', select.keys)
    if (batch !== null) add(request, batch, arg, byKeys(select.keys))
    add(request, `${prefix}0`, arg, byKeys(select.keys))
    return
  }
  if (batch !== null) add(request, batch, 'a', (answer) => flat(0, answer))
  const [from, to] = select.kind === 'all' ? ['-inf', '+inf'] : [String(select.from), String(select.to)]
  add(request, bucketsKey(place, fingerprint), `r${from} ${to} ${prefix}`, byBucket)
}

const byKeys =
  (keys: readonly string[]): Decode =>
  (answer) => {
    const values = answer as (Buffer | null)[]
    return keys.flatMap((key, i) => {
      const value = values[i]
      return value === null || value === undefined ? [] : [{ bucket: 0, key, value }]
    })
  }

const flat = (bucket: number, answer: unknown): StoredGroup[] => {
  const items = answer as Buffer[]
  const groups: StoredGroup[] = []
  for (let i = 0; i + 1 < items.length; i += 2) {
    groups.push({ bucket, key: (items[i] as Buffer).toString(), value: items[i + 1] as Buffer })
  }
  return groups
}

const byBucket: Decode = (answer) => {
  const items = answer as (Buffer | Buffer[])[]
  const groups: StoredGroup[] = []
  for (let i = 0; i + 1 < items.length; i += 2) groups.push(...flat(Number(items[i]), items[i + 1]))
  return groups
}

/** Sends the reads of one turn of the event loop together: one script per partition, all in one write to the socket. */
export const createReadQueue = (redis: Redis) => {
  let waiting: Waiting[] = []
  const flush = async (): Promise<void> => {
    const batch = waiting
    waiting = []
    const byPlace = new Map<string, Waiting[]>()
    for (const w of batch) {
      const name = headerKey(w.place)
      const others = byPlace.get(name)
      if (others === undefined) byPlace.set(name, [w])
      else others.push(w)
    }
    const together = [...byPlace.values()]
    const requests = together.map(requestOf)
    try {
      const answers = await send(redis, requests)
      for (const [i, group] of together.entries()) answer(group, requests[i] as Request, answers[i])
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }
  return {
    read: (place: TopicPartition, reads: readonly PartitionRead[]): Promise<PartitionAnswer> =>
      new Promise((resolve, reject) => {
        waiting.push({ place, reads, resolve, reject })
        if (waiting.length === 1) setImmediate(() => void flush())
      }),
  }
}

const requestOf = (group: readonly Waiting[]): Request => {
  const request: Request = {
    keys: group.slice(0, 1).map(({ place }) => headerKey(place)),
    args: [],
    decoders: [],
  }
  for (const { place, reads } of group) for (const read of reads) addRead(request, place, read)
  return request
}

const answer = (group: readonly Waiting[], { decoders }: Request, reply: unknown): void => {
  if (reply instanceof Error) {
    for (const { reject } of group) reject(reply)
    return
  }
  const [header, ...found] = reply as [Buffer | null, ...unknown[]]
  let at = 0
  const next = (): readonly StoredGroup[] => {
    const groups = (decoders[at] as Decode)(found[at])
    at++
    return groups
  }
  for (const { reads, resolve } of group) {
    const parts = reads.map(({ generation }) => {
      const batch = generation === null ? [] : next()
      return { batch, speed: next() }
    })
    resolve({ header, parts })
  }
}

const send = async (redis: Redis, requests: readonly Request[]): Promise<unknown[]> => {
  const pipeline = redis.pipeline()
  for (const { keys, args } of requests)
    pipeline.callBuffer(READ.command, READ.sha, keys.length, ...keys, ...args)
  const replies = ((await pipeline.exec()) ?? []).map(([error, reply]) => error ?? reply)
  if (!replies.some(isMissing)) return replies
  await redis.script('LOAD', READ.text)
  return send(redis, requests)
}
