import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'
import kafkajs from 'kafkajs'
import lz4 from 'lz4js'
import snappy from 'snappyjs'

const { CompressionCodecs, CompressionTypes } = kafkajs

interface Encoded {
  readonly buffer: Buffer
}

const compressZstd = promisify(zstdCompress)
const decompressZstd = promisify(zstdDecompress)

/** Java's producers wrap snappy in the "xerial" frame: 8 magic bytes, two versions, then [length][block]… */
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
const XERIAL_HEADER = 16

export const decompressSnappy = (bytes: Buffer): Buffer => {
  if (!bytes.subarray(0, XERIAL.length).equals(XERIAL)) return Buffer.from(snappy.uncompress(bytes))
  const blocks: Uint8Array[] = []
  for (let at = XERIAL_HEADER; at < bytes.length;) {
    const length = bytes.readInt32BE(at)
    blocks.push(snappy.uncompress(bytes.subarray(at + 4, at + 4 + length)))
    at += 4 + length
  }
  return Buffer.concat(blocks)
}

/** Without these a producer of another team that compresses is a poison pill: kafkajs itself only knows gzip. */
export const registerCodecs = (): void => {
  CompressionCodecs[CompressionTypes.Snappy] = () => ({
    compress: (encoder: Encoded) => Promise.resolve(Buffer.from(snappy.compress(encoder.buffer))),
    decompress: (bytes: Buffer) => Promise.resolve(decompressSnappy(bytes)),
  })
  CompressionCodecs[CompressionTypes.LZ4] = () => ({
    compress: (encoder: Encoded) => Promise.resolve(Buffer.from(lz4.compress(encoder.buffer))),
    decompress: (bytes: Buffer) => Promise.resolve(Buffer.from(lz4.decompress(bytes))),
  })
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: (encoder: Encoded) => compressZstd(encoder.buffer),
    decompress: (bytes: Buffer) => decompressZstd(bytes),
  })
}
