const M = 0x5bd1e995
const SEED = 0x9747b28c
const text = new TextEncoder()

/** Kafka's murmur2 of the bytes, a signed 32-bit integer. */
export const murmur2 = (bytes: Uint8Array): number => {
  const length = bytes.length
  let h = SEED ^ length
  const blocks = length >> 2
  for (let i = 0; i < blocks; i++) {
    const at = i << 2
    let k =
      byte(bytes, at) | (byte(bytes, at + 1) << 8) | (byte(bytes, at + 2) << 16) | (byte(bytes, at + 3) << 24)
    k = Math.imul(k, M)
    k ^= k >>> 24
    h = Math.imul(h, M) ^ Math.imul(k, M)
  }
  const tail = blocks << 2
  const left = length & 3
  if (left === 3) h ^= byte(bytes, tail + 2) << 16
  if (left >= 2) h ^= byte(bytes, tail + 1) << 8
  if (left >= 1) h = Math.imul(h ^ byte(bytes, tail), M)
  h ^= h >>> 13
  h = Math.imul(h, M)
  return (h ^ (h >>> 15)) | 0
}

const byte = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0

/** The partition Kafka's default partitioner chooses for a key, 0 … partitions − 1. */
export const partitionFor = (key: string, partitions: number): number =>
  (murmur2(text.encode(key)) & 0x7fffffff) % partitions
