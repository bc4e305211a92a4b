import { Buffer } from 'node:buffer'
import type { Commit, SeenChunk, StateWrite, TopicPartition } from '@tidewater/ports'
import { batchKey, bucketsKey, headerKey, seenIndexKey, seenPrefix, speedPrefix } from './keys.ts'
import { packedList, roomFor } from './pack.ts'
import type { Argument } from './script.ts'

/** The same bytes as a Buffer, not copied. */
export const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

interface Target {
  readonly fingerprint: string
  readonly bucket: number
  readonly writes: StateWrite[]
  room: number
}

/** One target per (view, window start); a commit of a view without window has one. */
const targetsOf = (writes: readonly StateWrite[]): Target[] => {
  const targets: Target[] = []
  let last: Target | undefined
  for (const write of writes) {
    const { fingerprint, bucket } = write
    if (last?.fingerprint !== fingerprint || last.bucket !== bucket) {
      last = targets.find((t) => t.fingerprint === fingerprint && t.bucket === bucket)
      if (last === undefined) {
        last = { fingerprint, bucket, writes: [], room: 0 }
        targets.push(last)
      }
    }
    last.writes.push(write)
    last.room += roomFor(write.key) + roomFor(write.value)
  }
  return targets
}

const hashData = ({ writes, room }: Target): Buffer => {
  const packed = packedList('h', writes.length * 2, room)
  for (const { key, value } of writes) {
    packed.put(key)
    packed.put(value)
  }
  return packed.done()
}

const appendData = (place: TopicPartition, { bucket, bytes }: SeenChunk, most: number): Buffer =>
  Buffer.concat([Buffer.from(`a${bucket} ${most} ${seenPrefix(place)}\0`), bytes])

/** KEYS and ARGV of the commit script; all bytes are copied here, so the caller may reuse its buffers. Seen ids go into strings of at most `mostSeenBytes`. */
export const commitArguments = (
  place: TopicPartition,
  { expected, next, writes, seen, forgetBefore, requires }: Commit,
  mostSeenBytes: number,
): { readonly keys: string[]; readonly args: Argument[] } => {
  const keys = [headerKey(place)]
  const args: Argument[] = [expected === null ? '' : Buffer.from(expected), Buffer.from(next)]
  for (const { generation, fingerprint, groups } of requires ?? []) {
    keys.push(batchKey(place, generation, fingerprint))
    args.push(`n${groups}`)
  }
  for (const target of targetsOf(writes)) {
    keys.push(
      bucketsKey(place, target.fingerprint),
      `${speedPrefix(place, target.fingerprint)}${target.bucket}`,
    )
    args.push(`z${target.bucket}`, hashData(target))
  }
  for (const chunk of seen) {
    keys.push(seenIndexKey(place))
    args.push(appendData(place, chunk, mostSeenBytes))
  }
  if (forgetBefore !== undefined) {
    keys.push(seenIndexKey(place))
    args.push(`f${forgetBefore} ${seenPrefix(place)}`)
  }
  return { keys, args }
}
