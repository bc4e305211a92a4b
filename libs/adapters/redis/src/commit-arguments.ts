import { Buffer } from 'node:buffer'
import type { Address, Commit, SeenChunk, StateWrite, TopicPartition } from '@tidewater/ports'
import { batchKey, bucketsKey, headerKey, seenIndexKey, seenPrefix, speedPrefix } from './keys.ts'
import { packedList, packKeys, roomFor } from './pack.ts'
import type { Argument } from './script.ts'

/** The same bytes as a Buffer, not copied. */
export const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

interface Target<Change extends Address> {
  readonly fingerprint: string
  readonly bucket: number
  readonly changes: Change[]
}

/** One target per (view, window start); a commit of a view without window has one. */
const targetsOf = <Change extends Address>(changes: readonly Change[]): Target<Change>[] => {
  const targets: Target<Change>[] = []
  let last: Target<Change> | undefined
  for (const change of changes) {
    const { fingerprint, bucket } = change
    if (last?.fingerprint !== fingerprint || last.bucket !== bucket) {
      last = targets.find((t) => t.fingerprint === fingerprint && t.bucket === bucket)
      if (last === undefined) {
        last = { fingerprint, bucket, changes: [] }
        targets.push(last)
      }
    }
    last.changes.push(change)
  }
  return targets
}

const hashData = (writes: readonly StateWrite[]): Buffer => {
  let room = 0
  for (const { key, value } of writes) room += roomFor(key) + roomFor(value)
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
  { expected, next, clears, deletes, writes, seen, forgetBefore, requires }: Commit,
  mostSeenBytes: number,
): { readonly keys: string[]; readonly args: Argument[] } => {
  const keys = [headerKey(place)]
  const args: Argument[] = [expected === null ? '' : Buffer.from(expected), Buffer.from(next)]
  for (const { generation, fingerprint, groups } of requires ?? []) {
    keys.push(batchKey(place, generation, fingerprint))
    args.push(`n${groups}`)
  }
  for (const fingerprint of clears ?? []) {
    keys.push(bucketsKey(place, fingerprint))
    args.push(`c${speedPrefix(place, fingerprint)}`)
  }
  for (const { fingerprint, bucket, changes } of targetsOf(deletes ?? [])) {
    keys.push(`${speedPrefix(place, fingerprint)}${bucket}`)
    args.push(
      packKeys(
        'd',
        changes.map(({ key }) => key),
      ),
    )
  }
  for (const { fingerprint, bucket, changes } of targetsOf(writes)) {
    keys.push(bucketsKey(place, fingerprint), `${speedPrefix(place, fingerprint)}${bucket}`)
    args.push(`z${bucket}`, hashData(changes))
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
